const ramp = { from: '60 K', to: '90 K', over: '2 ps' };
const barostat = { pressure: '0.1 GPa', cellRelaxation: '500 fs', bulkModulus: '3 GPa' };

/** Options of each registered kind of integrator, in all the shapes that run different code. */
export const OPTIONS: Record<string, readonly Record<string, unknown>[]> = {
  velocityVerlet: [{}],
  langevin: [{ temperature: ramp }],
  noseHooverChain: [{ temperature: '60 K' }, { temperature: '60 K', chain: 1 }],
  csvr: [{ temperature: ramp }],
  npt: [
    { temperature: '60 K', ...barostat },
    { temperature: ramp, thermostat: 'langevin', cell: 'anisotropic', ...barostat },
    { temperature: '60 K', cell: 'full', ...barostat },
  ],
  deform: [
    { strain: { xx: { from: 0, to: 0.05, over: '1 ps' }, xy: { rate: '50 1/ns' } } },
    { strain: { zz: { rate: '50 1/ns' } }, temperature: '60 K', ...barostat },
    { strain: { yy: { amplitude: 0.02, period: '0.1 ps', cycles: 2 } }, velocities: 'kept' },
  ],
};
