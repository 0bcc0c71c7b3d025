// Written by scripts/make-character-table.py (tokenizers 0.23.3, Unicode 14.0.0); the encodings are explained there.

/** Control, format and private characters, and marks without a width. */
export const REMOVED =
  '0-8 3-1 2-h 2o-w e gj-33 7o-4 7e-18 2 2-1 2-1 2 1l-5 b-a 2 1b-k h 2u-7 2-5 3-1 2-3 y 2 v-q 2k-a ' +
  '1n-8 z-3 2-8 2-2 2-4 18-2 3s-v 1k 2 5-7 5 4-6 b-1 u 1n 5-3 9 l-1 u-1 1m 5-1 5-1 3-2 4 v-1 4 c-1 1m ' +
  '5-4 2-1 5 l-1 u 1n 3 2-3 9 9 c-1 v 1q d 1f 1q-2 6-2 2-3 8-1 c-1 u 1n 3 7 6-1 l-1 u 1s-3 9 l-1 2v ' +
  '8-2 2 2j 3-6 d-7 2r 3-5 2-1 c-5 23-1 s 2 2 1k-d 2-4 2-1 6-a 2-z a 2v-3 2-5 2-1 3-1 q-1 5-2 h-3 e ' +
  '3-1 7 g jk-2 qb-2 u-2 u-1 v-1 1t-1 2-6 9 3-a a 1a-3 4b 3b-2 5-1 a 7-2 64-1 3 1n 2-6 2 2 3-7 7-9 3 ' +
  '1d-d 1v-3 1d 2-4 2 6 15-8 d-1 x-3 3-1 2-2 1l 2-1 4 2-2 1n-7 3-1 49-2 2-c 2-6 5 7 4-1 5j-1h 7-3 ek-4 ' +
  'r-4 1e-4 2-9 2p-c 5 4-b 2db-2 3y 2p-v ff-3 30-1 n9x 5-9 x-1 29-1 7l 4 5 q-1 4e s-h 1h-7 q-a 1b-2 1d ' +
  '3-3 3 15 1w-5 3-1 3-1 d 9 1c 1g 2-2 3-1 6-1 2 17-1 9 6n 3 5 aab-4xr f3 ki-f h-f 5s 6y-2 2 e8 6b ' +
  '46-4 1af-2 2-1 6-3 15-2 5 4m-1 10b 1j-e 1l-2 1e-3 3-1 3 1v-2 11-4 2-7 1r d-1 1h-8 c-2 2r-2 3 2-1 4o ' +
  '4-7 m-1 1n 4 12-6 4-4 8v-5 2 5-1 2-1 6n-3 7-1 2-1 s-1 2e-7 3 2-1 2z 2 3-5 2 2u-2 3-3 2-4 gjp-4 1o-6 ' +
  'ux-3 f7v-1 2-3 43o-2 a-f 3-6 v-3 45-2 1j0-1i 5-1d 9 f n-4 2-e 2sh-6 gze3 v-2n 3l-6n 1e6p-1ekd 3-1ekd'

/** White space. */
export const SPACES = '9-1 3 j 3k 4bk 1vk-a u-1 6 1c 335'

/** Characters that are a word of their own. */
export const PUNCTUATION =
  'x-e b-6 r-5 r-3 z 6 4 b-1 4 4 jj 9 cz-5 16-1 1g 2 3 3 19-1 l-1 2-1 e 3-1 23-3 2v 18-d 6i-2 1j-e w ' +
  '7a-1 b ao lg 2j b-1 4p-e 2 12-3 20 23-4 5-1 34-5 4s h1-8 48 h9-1 19-1 27-2 20-1 4e-2 2-2 12-a 8q-1 ' +
  '61-1 3l-6 2-5 4t-6 4c-3 1o-4 1r-1 1t-7 c m4 x-n 9-j 2-c 2-b v-1 f-1 cy e-1 49-3 u-1 u6-d 28-1 w-9 ' +
  'b8-l 1s-3 x-1 l8-3 2-1 35 40-1a 2-i cf-2 5-9 3-b h d 2r 2j mwz-1 7i-2 2s b 38-5 al-3 2f-1 15-2 2 ' +
  '1e-1 1c 2q-c h-1 3h-3 3j-1 h-1 6y g2b-1 5t-9 n-y 2-d 2 5 2-1 46-2 2-5 2-3 b-1 4-1 r-2 2 s 2 2-6 ' +
  'bf-2 il 1d bj ko 5k w 7l-8 13 35-6 1v-6 2i-3 x7-6 32-1 2-3 3j-3 1d-1 28-4 4 e 2-2 2h-5 30 f1 6z-m ' +
  '2y-2 6x-2 2lu-4 dtm-1 3q 1u-4 9 g2j 5wo-4'

/** Chinese characters, each a word of its own. */
export const IDEOGRAPHS = 'a9s-533 1t-g73 hkx-e7 1fk1-wyn x-3dr 75-49b 85t-f3'

/** Lower case without accents, one to one. */
export const FOLDS =
  '1t,w,p 2u,-2n 1,-2o 1,-2p 1,-2q 1,-2r 1,-2s 1,w 1,-2s 1,-2r 1,-2s 1,-2t 1,-2u 1,-2r 1,-2s 1,-2t ' +
  '1,-2u 1,w 1,-2r,1 1,-2s 1,-2t 1,-2u 1,-2v 2,w 1,-2s 1,-2t 1,-2u 1,-2v 1,-2s 1,w 2,-3j 1,-3k 1,-3l ' +
  '1,-3m 1,-3n 1,-3o,1,2 1,-3n 1,-3o 1,-3p 1,-3q 1,-3n 1,-3o 1,-3p 1,-3q 2,-3n,1 1,-3o 1,-3p 1,-3q ' +
  '1,-3r 3,-3o 1,-3p 1,-3q 1,-3r 1,-3o 2,-3q 1,-4f 1,-4g 1,-4h 1,-4i 1,-4j 1,-4k 1,-4j 1,-4k 1,-4l ' +
  '1,-4m 1,-4n 1,-4o 1,-4p 1,-4q,1 1,-4r 1,1 2,-4t 1,-4u 1,-4v 1,-4w 1,-4x 1,-4y 1,-4z 1,-50 1,-51 ' +
  '1,-52 1,-51 1,-52 1,-53 1,-54 1,-55 1,-56 1,-57 1,-58,1 1,-59 1,1 2,-5b 1,-5c 1,-5d 1,-5e 1,-5f ' +
  '1,-5g 1,-5h 1,-5i 1,-5j 2,1 2,-5m 1,-5n,1 1,-5o 2,-5p 1,-5q 1,-5r 1,-5s 1,-5t 1,-5u 1,1,1,2 2,-5x ' +
  '1,-5y 1,-5z 1,-60 1,-61 1,-62 2,1 2,-65 1,-66 1,-67 1,-68 1,-69 1,-6a 1,1 2,-6a 1,-6b 1,-6c 1,-6d ' +
  '1,-6e 1,-6f,1 1,-6g 1,-6h 1,-6i 1,-6j 1,-6k 1,-6l 1,-6m,1 1,-6n 1,-6o 1,-6p 1,1 2,-6r 1,-6s 1,-6t ' +
  '1,-6u 1,-6v 1,-6w 1,-6x 1,-6y 1,-6z 1,-70 1,-71 1,-72 1,-71 1,-72 1,-71 1,-72 1,-73,1 1,-74 1,-75 ' +
  '1,-76 1,-77 1,-78 3,5u 1,1,1,2 2,5q 1,1 2,5p,1 1,1 3,27 1,5m 1,5n 1,1 2,5p 1,5r 2,5v 1,5t 1,1 4,5v ' +
  '1,5x 2,5y 1,-8h 1,-8i 1,1,1,2 2,62 1,1 2,62 3,1 2,62 1,-8q 1,-8r 1,61,1 1,1,1,2 2,63 1,1,1,4 8,2 ' +
  '1,1 2,2 1,1 2,2 1,1 2,-a4 1,-a5 1,-9y 1,-9z 1,-9u 1,-9v 1,-9q 1,-9r 1,-9s 1,-9t 1,-9u 1,-9v 1,-9w ' +
  '1,-9x 1,-9y 1,-9z 2,-al 1,-am 1,-an 1,-ao 1,-70 1,-71 1,1 2,-an 1,-ao 1,-al 1,-am 1,-aj 1,-ak 1,-al ' +
  '1,-am 1,4k 1,4j 1,-au 1,2 1,1 2,-b1 1,-b2 1,-2p 1,-1k 1,-ay 1,-az 1,-bd 1,-be 1,-7q 1,-7r 1,-7a ' +
  '1,-7b 1,-bj 1,-bk 1,-bl 1,-bm 1,-bj 1,-bk 1,-bl 1,-bm 1,-bj 1,-bk 1,-bl 1,-bm 1,-bh 1,-bi 1,-bj ' +
  '1,-bk 1,-bi 1,-bj 1,-bk 1,-bl 1,-bj 1,-bk 1,-bl 1,-bm 1,-bp 1,-bq,1 1,-br 1,1 2,-c6 1,-c7 1,-3m ' +
  '2,1,1,2 2,-cl 1,-cm 1,-cj 1,-ck 1,-cb 1,-cc 1,-cd 1,-ce 1,-cf 1,-cg 1,-ch 1,-ci 1,-c9 1,-ca 7,8bv ' +
  '1,1 2,-4j 1,8bs 3,1 2,-5f 1,1x 1,1z 1,1,4,2 82,1,1,2 2,-57 2,1 8,-n7 1,38 6,-kd 1,17 1,-k0 1,19 ' +
  '1,1a 1,1b 2,1f 2,1j 1,1m 1,15 1,w,g 2,w,6 1,f 1,q 1,5 1,8 1,9 1,a 1,l q,-h 1,-6 1,-d 1,-8 1,-5 1,8 ' +
  '4,-1 1,-2 4,1,b,2 6,-1o 3,1 2,-7 1,1 3,-3m,2 1,1h 1,1g 1,28 1,1c 1,28,2 1,27 1,28,3 1,1a 1,17 1,1h ' +
  '1,28 1,w,8 1,v 1,w,l a,-1 n,-r 1,-s 2,-w 4,-1 5,-y 1,-11 1,-r 2,1,a,2 2,-1 1,-2 1,1,4,2 a,1,q,2 2,f ' +
  '1,-3v 1,-3w 1,1,5,2 3,-4g 1,-4h 1,-4i 1,-4j 1,1 2,-4h 1,-4i 1,1 2,-1 1,-2 1,-4m 1,-4n,1 1,-4o 1,1 ' +
  '2,-4q 1,-4r 1,-4s 1,-4t 1,-4o 1,-4p 1,1 2,-1 1,-2 1,-4f 1,-4g 1,-4r 1,-4s 1,-4t 1,-4u 1,-4v 1,-4w ' +
  '1,-4t 1,-4u 1,1 2,-4t 1,-4u 1,1,q,2 3,1c,11 5o,5 1,4 1,10 1,2 1,10 4a,l 2,-1,1,h gm,-1,1,8 3,-1 ' +
  '10,-1v,2 1,-1r 1,-1n,1 1,-1f 1,-1c 3h,-1n,1 2,-1c 2c,-1 3,2 z,-1v,1 1,-1r 3,-1f 6i,-1 k,-1n,1 9v,l ' +
  '7,e,1 2,-8 7k,-1,1,a1 a,-1,3,5 d,-15 59,-1 3e,5ls,11 2,5ls,1,6 k3,tzk,27 1,8,5 1fq,-6 2,-8 6,-e ' +
  '92,1 7,-2bk,16 3,-2bk,2 8x,-5un 1,-5uo,1 1,-5up 1,-5uq 1,-5ur 1,-5us 1,-5ut,1 1,-5uu,1 1,-5uv ' +
  '1,-5uw 1,-5ux 1,-5uy 1,-5uz 1,-5v0 1,-5v1 1,-5v2 1,-5v3,1 1,-5v4 1,-5v5 1,-5v6 1,-5v7 1,-5v8 1,-5v9 ' +
  '1,-5va 1,-5vb 1,-5vc,1 1,-5vd,1 1,-5ve,1 1,-5vf 1,-5vg 1,-5vh 1,-5vi 1,-5vj 1,-5vk 1,-5vl 1,-5vm ' +
  '1,-5vn,1 1,-5vo 1,-5vp 1,-5vq 1,-5vp 1,-5vq 1,-5vr 1,-5vs 1,-5vt 1,-5vu,1 1,-5vv 1,-5vw 1,-5vx ' +
  '1,-5vy 1,-5vz 1,-5w0 1,-5w1,1 1,-5w2 1,-5w3 1,-5w4 1,-5w5 1,-5w6,1 1,-5w7 1,-5w8 1,-5w9 1,-5wa ' +
  '1,-5wb 1,-5wc 1,-5wd,1 1,-5we 1,-5wf 1,-5wg 1,-5wh 1,-5wi 1,-5wj 1,-5wk,1 1,-5wl 1,-5wm 1,-5wn ' +
  '1,-5wm 1,-5wn 1,-5wo 1,-5wp 1,-5wq 1,-5wr 1,-5ws 1,-5wt,1 1,-5wu 1,-5wv 1,-5ww 1,-5wx 1,-5wy 1,-5wz ' +
  '1,-5x0 1,-5x1 1,-5x2,1 1,-5x3 1,-5x4 1,-5x5 1,-5x6 1,-5x7 1,-5x8 1,-5x9,1 1,-5xa 1,-5xb 1,-5xc ' +
  '1,-5xd 1,-5xe 1,-5xf 1,-5xg 1,-5xh 1,-5xi,1 1,-5xj 1,-5xk 1,-5xl,1 1,-5xm 1,-5xn 1,-5xo 1,-5xp ' +
  '1,-5xq 1,-5xr 1,-5xs 1,-5xt 1,-5xu,1 1,-5xv 1,-5xw 1,-5xx,1 1,-5xy,1 1,-5xz 1,-5y0 1,-5y1 1,-5y2 ' +
  '1,-5y3 1,-5ym 1,-5yb 1,-5y9 1,-5y8 2,-5r0 3,-5vj 2,-5z3 1,-5z4 1,-5z5 1,-5z6 1,-5z7 1,-5z8 1,-5z9 ' +
  '1,-5za 1,-5zb 1,-5zc 1,-5zd 1,-5ze 1,-5zf 1,-5zg 1,-5zh 1,-5zi 1,-5zj 1,-5zk 1,-5zl 1,-5zm 1,-5zn ' +
  '1,-5zo 1,-5zp 1,-5zq 1,-5zn 1,-5zo 1,-5zp 1,-5zq 1,-5zr 1,-5zs 1,-5zt 1,-5zu 1,-5zv 1,-5zw 1,-5zx ' +
  '1,-5zy 1,-5zz 1,-600 1,-601 1,-602 1,-5zz 1,-600 1,-601 1,-602 1,-5zx 1,-5zy 1,-5zz 1,-600 1,-601 ' +
  '1,-602 1,-603 1,-604 1,-605 1,-606 1,-607 1,-608 1,-609 1,-60a 1,-60b 1,-60c 1,-60d 1,-60e 1,-60f ' +
  '1,-60g 1,-60h 1,-60i 1,-60j 1,-60k 1,-60f 1,-60g 1,-60h 1,-60i 1,-60j 1,-60k 1,-60l 1,-60m 1,-60n ' +
  '1,-60o 1,-60p 1,-60q 1,-60r 1,-60s 1,-60p 1,-60q 1,-60r 1,-60s 1,-60t 1,-60u 1,-60v 1,-60w 1,1,2,2 ' +
  '2,-5e7 1,-5e8 1,-5e9 1,-5ea 1,-5eb 1,-5ec 1,-5ed 1,-5ee 1,-5ef 1,-5eg 1,-5eh 1,-5ei 1,-5ej 1,-5ek ' +
  '1,-5el 1,-5em 1,-5ej 1,-5ek 1,-5el 1,-5em 1,-5en 1,-5eo 3,-5er 1,-5es 1,-5et 1,-5eu 1,-5ev 1,-5ew ' +
  '3,-5ex 1,-5ey 1,-5ez 1,-5f0 1,-5f1 1,-5f2 1,-5f3 1,-5f4 1,-5f5 1,-5f6 1,-5f7 1,-5f8 1,-5f9 1,-5fa ' +
  '1,-5fb 1,-5fc 1,-5fb 1,-5fc 1,-5fd 1,-5fe 1,-5ff 1,-5fg 1,-5fh 1,-5fi 1,-5fj 1,-5fk 1,-5fl 1,-5fm ' +
  '1,-5fn 1,-5fo 1,-5fp 1,-5fq 1,-5fl 1,-5fm 1,-5fn 1,-5fo 1,-5fp 1,-5fq 3,-5ft 1,-5fu 1,-5fv 1,-5fw ' +
  '1,-5fx 1,-5fy 3,-5fv 1,-5fw 1,-5fx 1,-5fy 1,-5fz 1,-5g0 1,-5g1 1,-5g2 2,-5g4 2,-5g6 2,-5g8 2,-5ga ' +
  '1,-5g7 1,-5g8 1,-5g9 1,-5ga 1,-5gb 1,-5gc 1,-5gd 1,-5ge 1,-5gf 1,-5gg 1,-5gh 1,-5gi 1,-5gj 1,-5gk ' +
  '1,-5gl 1,-5gm 1,-5hb 1,-5hc 1,-5h9 1,-5ha 1,-5h9 1,-5ha 1,-5h9 1,-5ha 1,-5h5 1,-5h6 1,-5h1 1,-5h2 ' +
  '1,-5gz 1,-5h0 3,-5hr 1,-5hs 1,-5ht 1,-5hu 1,-5hv 1,-5hw 1,-5hx 1,-5hy 1,-5hz 1,-5i0 1,-5i1 1,-5i2 ' +
  '1,-5i3 1,-5i4 1,-5i5 1,-5i6 1,-5i1 1,-5i2 1,-5i3 1,-5i4 1,-5i5 1,-5i6 1,-5i7 1,-5i8 1,-5i9 1,-5ia ' +
  '1,-5ib 1,-5ic 1,-5id 1,-5ie 1,-5if 1,-5ig 1,-5hz 1,-5i0 1,-5i1 1,-5i2 1,-5i3 1,-5i4 1,-5i5 1,-5i6 ' +
  '1,-5i7 1,-5i8 1,-5i9 1,-5ia 1,-5ib 1,-5ic 1,-5id 1,-5ie 1,-5j3 1,-5j4 1,-5j5 1,-5j6 1,-5j7 2,-5j9 ' +
  '1,-5ja 1,-5jb 1,-5jc 1,-5jd 1,-5je 1,-5jf 2,-5j9 3,-655 1,-5jf 1,-5jg 1,-5jh 2,-5jj 1,-5jk 1,-5jn ' +
  '1,-5jo 1,-5jn 1,-5jo 1,-5jp 1,-e 1,-f 1,-g 1,-5jr 1,-5js 1,-5jt 1,-5ju 3,-5jx 1,-5jy 1,-5jz 1,-5k0 ' +
  '1,-5k1 1,-5k2 2,x 1,w 1,v 1,-5jv 1,-5jw 1,-5jx 1,-5jy 1,-5k3 1,-5k4 1,-5k1 1,-5k2 1,-5k3 1,-5k4 ' +
  '1,-5k5 1,-5k6 1,-5kb 1,-66d 1,-66e 1,-68f 3,-5k9 1,-5ka 1,-5kb 2,-5kd 1,-5ke 1,-5kp 1,-5kq 1,-5kh ' +
  '1,-5ki 1,-5kj 1,-66h 89,-5st 4,-6gv 1,-6h6 7,s 1a,g,f k,1 n,-a 1,-9 j,-q v,3 1,6 1,3 1h,-1,1,5 ' +
  '3,-1,1,o 2,-1 r,-5 3,-1 3,-2 2,-1 n,-6qr 2,-1 b,-w 1,-6r6 1,-6r5 1,-c,1 3,-2,1 3,-2,1 7,-6,1 3,-2,1 ' +
  '3,-2,1 z,-a 1,-5,1 1,-4 1d,-2s,1 1,-29,1 7,-1k,3 1o,2jj,1 b0,q,p 171,1 84,1c,1b 1d,1 2,-8af 1,-2xy ' +
  '1,-89z 3,1,2,2 2,-8bg 1,-8al 1,-8bj 1,-8bi 2,1,1,3 9,-8cf,1 1,1,1d,2 9,1,1,2 5,1 nu,-1,b,2 3,-1,2,2 ' +
  '7,-1 1,-2 2,-1 1,-2 2,-1 1,-2 2,-1 1,-2 2,-1 1,-2 n,-26 a,-1,1,e 2,-1,a,2 3,-1,2,2 7,-1 1,-2 2,-1 ' +
  '1,-2 2,-1 1,-2 2,-1 1,-2 2,-1 1,-2 n,-26 3,-8,3 4,-1 n5u,1,m,2 k,1,d,2 3s,1,6,2 4,1,u,2 b,1,1,2 ' +
  '2,-r9g 1,1,4,2 5,1 2,-wmg 3,1,1,2 4,1,9,2 2,-wn8 1,-wnj 1,-wnf 1,-wn5 1,-wn8 2,-wlu 1,-wmi 1,-wlx ' +
  '1,ps 1,1,7,2 2,-1c 1,-wn7 1,-raw 1,1,1,2 2,-wo7 1,1,7,2 2,-wu9 p,1 gfc,-1cg4 2,-1cfh b,-1cg1 ' +
  '1,-1cg2 1,-1cg3 1,-1cg4 1,-1cgu 1,-1cgv 1,-1cgw,6 2,-1cgw,4 2,-1cgw,1,2 1,-1cgw,1,2 1,-1cgw,1,2 ' +
  '1,-1cgw,3 1,-1chi 1,-1chn 1,-1che 1,-1ch6 r7,w,p xy,14,13 3t,14,z 4d,13,a 2,13,e 2,13,6 2,13,1 ' +
  '1d7,1s,1e 4e,w,l mt,-1,1,2 f,-6 sw,-2 rp,w,v gw1,w,v 1t,r,o o5k,y,x'

/** The same where the result is several characters. */
export const LONG_FOLDS =
  '1xn:1xj.1xa 1xo:1xj.1xz 28b:287.27y 28c:287.28n 2ac:2aa.2c7 2bu:2bq.2bi 2bv:2br.2bi 2bw:2bq.2c7 ' +
  '2iz:2iq.2j9 2mi:2me.2m6 2mj:2mf.2m6 2mk:2me.2mv 2qk:2qh.2q7 2ql:2qh.2q7 2qm:2qh.2qn 5c6:5c5.5dh ' +
  '5c8:5c7.5dh 5ca:5c9.5dh 5cc:5cb.5dh 5ce:5cd.5dh 5ci:5ch.5dh 5ds:5dq.5dh 5dt:5dr.5dh 1idn:1idj.1ida ' +
  '1ido:1idj.1idz 1inw:1int.1ink 1iny:1int.1inx 1iuy:1iuw.1iun 1iuz:1iux.1iun 2jxa:2jx3.2jxh ' +
  '2jxb:2jx4.2jxh 2jxc:2jx4.2jxh.2jxq 2jxd:2jx4.2jxh.2jxr 2jxe:2jx4.2jxh.2jxs 2jxf:2jx4.2jxh.2jxt ' +
  '2jxg:2jx4.2jxh.2jxu 2jzv:2jzt.2jxh 2jzw:2jzu.2jxh 2jzx:2jzt.2jxh.2jxq 2jzy:2jzu.2jxh.2jxq ' +
  '2jzz:2jzt.2jxh.2jxr 2k00:2jzu.2jxh.2jxr'

/** Compatibility forms, folded, one to one. */
export const COMPATIBLE =
  '4q,-21 8,-3k,1 2,lj 4,-3s 1,-23 5h,-7g 8h,-g8 1,-23 1,-g8 1,-g1 1,-1n 1,-1m 1,-1h 1,-g0 1,-fz ' +
  '14,-3h 1,-hh 1,-hb 1,-h7 1,-27 6k,-u 1,-p 1,-d 1,-e 1,-f,1 1,-m q,-1i 1,-1c,1 3,-1s 4,-1i 4z7,-5or ' +
  '1,-5l3 1,-5os,1,2 1,-5os 1,-5ed 1,-5os,7 2,-5ot 1,-5cq 1,-5ou 1,-5ot 1,-5os,1 1,-5or 1,-5pe ' +
  '1,-5bo,1 2,-5ph 1,-5pg,1 1,-5bl 1,-5bk,1 1,-5pi 2,-5pg 1,-5pf 1,-5ja 1,-5pf 1,-5bz 3,-5pi 1,-5pf,1 ' +
  '2,-5bf 1,-5ph 2,-52j,2 1,-522,1 1,-5q1 1,-5pt 1,-5pr,1 1,-52s,1 1,-52f 1,-52b,1 e,-4zf z,-5e1 ' +
  '1,-5rt 1,-5e0 1,-5ny 1,-5dv 1,-5ru 1,-5du 1,-5dt 1,-5dq 1,-5do,2 2,-5cb 1,-5do 2,-5cc 1,-5dn 1,-5dp ' +
  '1,-5do,3 1,-5dm 1,-5dd,1 1,-5je 1,-5d9,1 2,-5da,1 1,-5s1 1,-5d8,2 1,-553 64,-5yg d1,-6dc 1,-6bs ' +
  '3,-6dc,5 6,-6c1 1,-6ds,9 7,-6cv 1,-6cs 1,-6cj 1,-6cb 1,-5yz 1,-6ct 1,-6cr,3 1,-6cq 1,-6co,1 2u,-6fz ' +
  '5,-624 3,-6g3,1 1,-6g4 1,-6g5 1,-6g6 1,-6aw 1,-6g7 1,-6g8 1,-6g6 1,-6g7,1,2 4,-6g9,2 1,-6ga 1,-6gb ' +
  '7,-6ga 4,-6ge 4,-6h6,1 2,-6h6 1,-6h7,1 2,-6h2 1,-6h1 5,-6hc 3,-5to 1,-5u2 1,-5u3 1,-5tr 6,-6ht ' +
  '1,-6hu,1 1,-6hr,1 n,-6if 4,-6i6 5,-6i9 3,-6io 1,-6iy,1 1,-6iq 1,-6iv 4,-6im 5,-6ip 3,-6j4 1,-6je,1 ' +
  '1,-6j6 kh,-75b,8 26,-76d,p 1,-773,p 1,-796 1hu,-8pe 1,-8p3 18z,-fi 1,-fh 1,-fg 1,-ff 1,-fe,1 1,-fd ' +
  '1,-fc 1,-fb 1,-fa 1,-f9 1,-f8 1,-f7 1,-f6 1,-f5 1,-f4 1,-f3 1,-f1 1,-f0 1,-ez 1,-ey,5 1,-ew 1,-eu ' +
  '1,-es 1,-eq 1,-eo,4 1,-en 1,-em 1,-el,5 1,-ek,3 mu6,-w2a 1,-w29 9h,-x3j 1,-x3h 1,-x37 4,-wy9 1,-wx2 ' +
  'o5,-xdf b,-xcs giv,-1ecg,9 8,-1ebk,p 7,-1ecg,p c,-14s4 1,-14ue 1,-14ud 1,-14uc 1,-14ub 1,-14ua ' +
  '1,-14sp 1,-14so 1,-14sn 1,-14to 1,-14s4 1,-14un 1,-14um 1,-14ul 1,-14uk 1,-14uj,1 1,-14ui 1,-14uh ' +
  '1,-14ug 1,-14uf 1,-14ue 1,-14ud 1,-14uc 1,-14ub 1,-14ua 1,-14u9 1,-14u8 1,-14u6 1,-14u5 1,-14u4 ' +
  '1,-14u3,5 1,-14u1 1,-14tz 1,-14tx 1,-14tv 1,-14tt,4 1,-14ts 1,-14tr 1,-14tq,5 1,-14tp 1,-14tm ' +
  '1k4,-1fht,1 1,-1fvh 1,-1fjf 1,-1fle 2,-1fj8,1,2 1,-1fja 1,-1flh,1 2,-1fli 1,-1fld 1,-1fjb 1,-1fl9 ' +
  '1,-1flc 1,-1flf 1,-1fjt 1,-1fu6 1,-1fju 1,-1flc 1,-1fkk 1,-1fjj,1 1,-1flb 3,-1flc 2,-1fki 2,-1fvu ' +
  '1,-1fl9,1 1,-1fzo 1,-1fl8 2,-1fl7,1 1,-1fl6 1,-1fk3 1,-1fk6 2,-1fk7 1,-1fl3 3,-1fkz 1,-1fki,1 ' +
  '1,-1fkt 1,-1fqu,2 14co,-2kdb,p 1,-2ke1,p 1,-2ker,p 1,-2kfh,6 2,-2kfh,h 1,-2kg7,p 1,-2kgx,p ' +
  '1,-2khn,1,2 1,-2khn,2,3 1,-2khn,1,3 1,-2khn,2 2,-2khn,7 1,-2kid,3 2,-2kid,1,2 1,-2kid,5 2,-2kid,a ' +
  '1,-2kj3,p 1,-2kjt,p 1,-2kkj,1 2,-2kkj,3 3,-2kkj,7 2,-2kkj,6 2,-2kl9,p 1,-2klz,1 2,-2klz,3 2,-2klz,4 ' +
  '2,-2klz,1,4 1,-2klz,5 2,-2kmp,p 1,-2knf,p 1,-2ko5,p 1,-2kov,p 1,-2kpl,p 1,-2kqb,p 1,-2kr1,p ' +
  '1,-2krr,p 1,-2ksh,p 1,-2kt7,p 1,-2ktx,p 1,-2kun,p 1,-2kvd,p 1,-2kqb 1,-2kj2 3,-2k8n,g 1,-2k8x ' +
  '1,-2k8n,6 2,-2k9d,o 2,-2k9z 1,-2k9x 1,-2k9w 1,-2k9l 1,-2k9r 1,-2k9t 1,-2ka9,g 1,-2kaj 1,-2ka9,6 ' +
  '2,-2kaz,o 2,-2kbl 1,-2kbj 1,-2kbi 1,-2kb7 1,-2kbd 1,-2kbf 1,-2kbv,g 1,-2kc5 1,-2kbv,6 2,-2kcl,o ' +
  '2,-2kd7 1,-2kd5 1,-2kd4 1,-2kct 1,-2kcz 1,-2kd1 1,-2kdh,g 1,-2kdr 1,-2kdh,6 2,-2ke7,o 2,-2ket ' +
  '1,-2ker 1,-2keq 1,-2kef 1,-2kel 1,-2ken 1,-2kf3,g 1,-2kfd 1,-2kf3,6 2,-2kft,o 2,-2kgf 1,-2kgd ' +
  '1,-2kgc 1,-2kg1 1,-2kg7 1,-2kg9 1,-2kfh 1,-2kfi 3,-2l5q,9 1,-2l60,9 1,-2l6a,9 1,-2l6k,9 1,-2l6u,9 ' +
  '4z0,-2q4o 1,-2q4a 4,-2q4v,p 55,-2gr1,1,h 1y5,-2sao,9'

/** The same where the result is several characters. */
export const LONG_COMPATIBLE =
  '8i:2x.2y 8j:2x.2y 95:jg.32 ck:2s.3e cl:2s.3e cm:2s.3e cn:30.2y co:30.2y cp:30.2y cq:32.2y cr:32.2y ' +
  'cs:32.2y dt:2s.3e du:2s.3e dv:2s.3e 13b:12d.136 61m:2p.ji 6g8:36.37 6ja:32.33 6jk:37.31 ' +
  '6jl:38.2t.30 6jm:38.31 6kb:2u.2p.3c 6ld:2x.2x 6le:2x.2x.2x 6lf:2x.3a 6lh:3a.2x 6li:3a.2x.2x ' +
  '6lj:3a.2x.2x.2x 6lk:2x.3c 6lm:3c.2x 6ln:3c.2x.2x 6lt:2x.2x 6lu:2x.2x.2x 6lv:2x.3a 6lx:3a.2x ' +
  '6ly:3a.2x.2x 6lz:3a.2x.2x.2x 6m0:2x.3c 6m2:3c.2x 6m3:3c.2x.2x 76x:1d.1c 76y:1d.1d 76z:1d.1e ' +
  '770:1d.1f 771:1d.1g 772:1d.1h 773:1d.1i 774:1d.1j 775:1d.1k 776:1d.1l 777:1e.1c 9lr:9l4.9l6 ' +
  '9of:9mb.9mw 9xs:34.38.2t 9xt:1e.1d 9xu:1e.1e 9xv:1e.1f 9xw:1e.1g 9xx:1e.1h 9xy:1e.1i 9xz:1e.1j ' +
  '9y0:1e.1k 9y1:1e.1l 9y2:1f.1c 9y3:1f.1d 9y4:1f.1e 9y5:1f.1f 9y6:1f.1g 9y7:1f.1h a0h:1f.1i a0i:1f.1j ' +
  'a0j:1f.1k a0k:1f.1l a0l:1g.1c a0m:1g.1d a0n:1g.1e a0o:1g.1f a0p:1g.1g a0q:1g.1h a0r:1g.1i a0s:1g.1j ' +
  'a0t:1g.1k a0u:1g.1l a0v:1h.1c a18:2w.2v a19:2t.36.2v a1a:2t.3a a1b:30.38.2s a2o:9lu.9n3.9oc.9mw ' +
  'a2p:9lu.9nv.9n9.9lt a2q:9lu.9o3.9nc.9lu a2r:9lu.9oc.9nv a2s:9lw.9mz.9o3.9m7 a2t:9lw.9o3.9mp ' +
  'a2u:9ly.9m1.9o3 a2v:9m0.9mh.9m7.9oc.9mw a2w:9m0.9oc.9m3.9oc a2x:9m2.9o3.9mh a2y:9m2.9oc.9nk ' +
  'a2z:9m3.9lw.9nu a30:9m3.9nt.9mr.9mw a31:9m3.9nx.9nu.9oc a32:9m3.9nx.9o3 a33:9m3.9o3.9ni a34:9m5.9m3 ' +
  'a35:9m5.9mz.9oc a36:9m5.9np.9nu.9oc a37:9m5.9nv.9mn.9oc a38:9m5.9nx a39:9m5.9nx.9m7.9nt.9nk ' +
  'a3a:9m5.9nx.9nl.9oc.9mw.9nv a3b:9m5.9nx.9nz.9mr.9mw a3c:9m7.9nt.9nk a3d:9m7.9nt.9nk.9mw.9o3 ' +
  'a3e:9m7.9nv.9mj.9lw.9nx a3f:9m7.9nx.9oc.9n1 a3g:9m9.9oc.9mh a3h:9mb.9nv.9my a3i:9mb.9oc.9nf ' +
  'a3j:9md.9lw.9m7.9nv a3k:9md.9o3.9mp.9oc.9nk a3l:9mf.9nu.9o3.9m7 a3m:9mj.9o3.9mp a3n:9mj.9o3.9mw ' +
  'a3o:9mn.9oc.9mh a3p:9mu.9mf a3q:9mw.9nv a3r:9mw.9o3 a3s:9my.9n2 a3t:9n2.9mr.9mw a3u:9n3.9lw.9ms ' +
  'a3v:9n3.9oc.9mj.9o3.9mw a3w:9n3.9oc.9ms a3x:9n3.9oc.9nw.9nv a3y:9n6.9lu.9mh.9mw.9nv a3z:9n6.9m7.9nv ' +
  'a40:9n6.9mb a41:9n6.9nv a42:9n9.9lt.9nt.9mr.9mw a43:9n9.9lv.9oc.9mw a44:9n9.9mr.9mf.9lz.9nv ' +
  'a45:9n9.9nt.9o3 a46:9nc.9m7.9mn.9oc.9nv a47:9nc.9ml a48:9nc.9mz.9n6 a49:9nc.9nv.9ms a4a:9nc.9o3.9mh ' +
  'a4b:9nc.9oc.9mf a4c:9nc.9oc.9mn a4d:9nf.9lw.9o3.9mw a4e:9nf.9nv.9mw a4f:9nf.9o3 a4g:9nf.9o3.9mw ' +
  'a4h:9nf.9oc.9nv a4i:9nf.9oc.9o3 a4j:9ni.9lw.9m7.9nx a4k:9ni.9lw.9nv a4l:9ni.9mr.9n3 a4m:9ni.9nv.9m7 ' +
  'a4n:9ni.9o3.9mf.9nr.9o3 a4o:9nj.9m7.9nx.9o3 a4p:9nj.9nu a4q:9nj.9nu.9n3.9oc.9nv a4r:9nl.9m3 ' +
  'a4s:9nl.9m3.9mw.9o3 a4t:9nl.9oc.9mw.9nv a4u:9no.9oc.9mw a4v:9no.9oc.9nv a4w:9nq.9lu.9o3 ' +
  'a4x:9nu.9mr.9mw.9nv a4y:9nu.9nt a4z:9nv.9n6.9oc a50:9nv.9oc.9n9.9nv a51:9nw.9nk ' +
  'a52:9nw.9o3.9mw.9m9.9o3 a53:9nz.9mr.9mw a5t:2w.34.2p a5u:2s.2p a5v:2p.39 a5w:2q.2p.36 a5x:33.3a ' +
  'a5y:34.2r a5z:2s.31 a60:2s.31.1e a61:2s.31.1f a62:2x.39 a68:34.2p a69:32.2p a6a:qk.2p a6b:31.2p ' +
  'a6c:2z.2p a6d:2z.2q a6e:31.2q a6f:2v.2q a6g:2r.2p.30 a6h:2z.2r.2p.30 a6i:34.2u a6j:32.2u a6k:qk.2u ' +
  'a6l:qk.2v a6m:31.2v a6n:2z.2v a6o:2w.3e a6p:2z.2w.3e a6q:31.2w.3e a6r:2v.2w.3e a6s:38.2w.3e ' +
  'a6t:qk.30 a6u:31.30 a6v:2s.30 a6w:2z.30 a6x:2u.31 a6y:32.31 a6z:qk.31 a70:31.31 a71:2r.31 a72:2z.31 ' +
  'a73:31.31.1e a74:2r.31.1e a75:31.1e a76:2z.31.1e a77:31.31.1f a78:2r.31.1f a79:31.1f a7a:2z.31.1f ' +
  'a7d:34.2p a7e:2z.34.2p a7f:31.34.2p a7g:2v.34.2p a7h:36.2p.2s a7k:34.37 a7l:32.37 a7m:qk.37 ' +
  'a7n:31.37 a7o:34.3a a7p:32.3a a7q:qk.3a a7r:31.3a a7s:2z.3a a7t:31.3a a7u:34.3b a7v:32.3b a7w:qk.3b ' +
  'a7x:31.3b a7y:2z.3b a7z:31.3b a80:2z.qx a81:31.qx a83:2q.35 a84:2r.2r a85:2r.2s a88:2s.2q a89:2v.3d ' +
  'a8a:2w.2p a8b:2w.34 a8c:2x.32 a8d:2z.2z a8e:2z.31 a8f:2z.38 a8g:30.31 a8h:30.32 a8i:30.33.2v ' +
  'a8j:30.3c a8k:31.2q a8l:31.2x.30 a8m:31.33.30 a8n:34.2w a8p:34.34.31 a8q:34.36 a8r:37.36 a8s:37.3a ' +
  'a8t:3b.2q a9r:2v.2p.30 1dkw:2u.2u 1dkx:2u.2x 1dky:2u.30 1dkz:2u.2u.2x 1dl0:2u.2u.30 1dl1:37.38 ' +
  '1dl2:37.38 1dlf:12s.12u 1dlg:12s.12d 1dlh:12s.12j 1dli:132.12u 1dlj:12s.12l 2q7h:2r.2s 2q7i:3b.3e ' +
  '2q8a:2w.3a 2q8b:31.3a 2q8c:37.2s 2q8d:37.37 2q8e:34.34.3a 2q8f:3b.2r 2q96:31.2r 2q97:31.2s ' +
  '2q98:31.36 2qa8:2s.2y 2qdc:9kr.9jf 2qdd:9mb.9mb'
