package ioc

import (
	"encoding/binary"
	"math/bits"
)

// keccak256 is the hash of Ethereum and Monero: SHA-3 as it was before the
// standard changed the padding, so crypto/sha3 does not have it.
func keccak256(data []byte) [32]byte {
	const rate = 136
	var a [25]uint64
	padded := append(append([]byte(nil), data...), 1)
	for len(padded)%rate != 0 {
		padded = append(padded, 0)
	}
	padded[len(padded)-1] |= 0x80
	for ; len(padded) > 0; padded = padded[rate:] {
		for i := range rate / 8 {
			a[i] ^= binary.LittleEndian.Uint64(padded[8*i:])
		}
		keccakF(&a)
	}
	var sum [32]byte
	for i := range 4 {
		binary.LittleEndian.PutUint64(sum[8*i:], a[i])
	}
	return sum
}

// keccakF is the permutation Keccak-f[1600] of FIPS 202.
func keccakF(a *[25]uint64) {
	var lfsr byte = 1
	for range 24 {
		// theta
		var c [5]uint64
		for x := range 5 {
			c[x] = a[x] ^ a[x+5] ^ a[x+10] ^ a[x+15] ^ a[x+20]
		}
		for x := range 5 {
			d := c[(x+4)%5] ^ bits.RotateLeft64(c[(x+1)%5], 1)
			for y := 0; y < 25; y += 5 {
				a[x+y] ^= d
			}
		}
		// rho and pi
		x, y, last := 1, 0, a[1]
		for t := range 24 {
			x, y = y, (2*x+3*y)%5
			a[x+5*y], last = bits.RotateLeft64(last, (t+1)*(t+2)/2), a[x+5*y]
		}
		// chi
		for y := 0; y < 25; y += 5 {
			row := [5]uint64(a[y : y+5])
			for x := range 5 {
				a[x+y] = row[x] ^ ^row[(x+1)%5]&row[(x+2)%5]
			}
		}
		// iota
		for j := range 7 {
			if lfsr&1 != 0 {
				a[0] ^= 1 << (1<<j - 1)
			}
			lfsr = lfsr<<1 ^ lfsr>>7*0x71
		}
	}
}
