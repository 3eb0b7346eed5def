#!/bin/sh
# Centro-symmetry and common-neighbour analysis of displaced crystals by LAMMPS; writes crystals.json beside it.
cd "$(dirname "$0")" || exit 1
printf '[' > crystals.json
comma=''
for case in 'fcc 3.6 12 3.07' 'bcc 2.9 8 3.50' 'hcp 2.55 12 3.08'; do
  set -- $case
  cat > in.tmp <<IN
units metal
lattice $1 $2
region box block 0 4 0 3 0 3
create_box 1 box
create_atoms 1 box
mass 1 63.5
pair_style lj/cut 6
pair_coeff * * 0 1
displace_atoms all random 0.12 0.12 0.12 7 units box
compute csp all centro/atom $3
compute cna all cna/atom $4
dump d all custom 1 dump.tmp id x y z c_csp c_cna
dump_modify d sort id format float %.8g
run 0
IN
  lmp -in in.tmp -log none -screen none || exit 1
  awk -v comma="$comma" -v kind="$1" -v near="$3" '
    /BOX BOUNDS/ { for (k = 0; k < 3; k++) { getline; cell = cell (k ? "," : "") sprintf("%.12g", $2 - $1) } }
    /ITEM: ATOMS/ { on = 1; next }
    on { r = r (r ? "," : "") $2 "," $3 "," $4; c = c (c ? "," : "") $5; t = t (t ? "," : "") $6 }
    END { printf "%s\n{\"kind\":\"%s\",\"neighbours\":%s,\"box\":[%s],\"positions\":[%s],\"centro\":[%s],\"cna\":[%s]}", comma, kind, near, cell, r, c, t }' dump.tmp >> crystals.json
  comma=','
done
printf '\n]\n' >> crystals.json
rm -f in.tmp dump.tmp
