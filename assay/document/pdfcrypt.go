package document

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5" //nolint:gosec // what PDF uses; it keeps nothing secret here
	"crypto/rc4" //nolint:gosec // the same
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"slices"
)

// A pdfCrypt decrypts a PDF that is encrypted with an empty password. Many
// reports are: anyone may read them, and programs that do as they are told
// neither print nor change them.
type pdfCrypt struct {
	key             []byte
	forStrings      pdfCipher
	forStreams      pdfCipher
	metadataIsPlain bool
}

// A pdfCipher is what strings or streams are encrypted with, by its name in a
// crypt filter.
type pdfCipher string

const (
	cipherNone   pdfCipher = "None"
	cipherRC4    pdfCipher = "V2"
	cipherAES128 pdfCipher = "AESV2"
	cipherAES256 pdfCipher = "AESV3"
)

// unlock makes what decrypts the file, if it is encrypted.
func (f *pdfFile) unlock() error {
	f.crypt = nil // the dictionary itself is not encrypted
	f.forget()
	defer f.forget()
	d := f.value(f.trailer["Encrypt"])
	if !d.isDict() {
		return nil
	}
	if handler := d.key("Filter").name(); handler != "Standard" && handler != "" {
		return fmt.Errorf("it is encrypted in a way that is not read: %s", cleanName(handler))
	}
	version, revision := d.key("V").integer(), d.key("R").integer()
	c := &pdfCrypt{metadataIsPlain: d.key("EncryptMetadata").data == false}
	bits := d.key("Length").integer()
	switch version {
	case 1, 2, 3:
		c.forStrings, c.forStreams = cipherRC4, cipherRC4
		if version == 1 || bits == 0 {
			bits = 40
		}
	case 4, 5:
		bits = 128
		c.forStrings, c.forStreams = d.cipher("StrF"), d.cipher("StmF")
	default:
		return fmt.Errorf("it is encrypted in a way that is not read: version %d", version)
	}
	if revision >= 5 {
		c.key = key256(d, revision)
	} else {
		c.key = key128(d, f.value(f.trailer["ID"]).index(0).bytes(), revision, min(max(5, bits/8), 16))
	}
	if c.key == nil {
		return errors.New("it is encrypted and needs a password")
	}
	f.crypt = c
	return nil
}

// cipher returns what one of the filters that the dictionary of encryption lists
// uses.
func (v pdfValue) cipher(use string) pdfCipher {
	filter := v.key("CF").key(v.key(use).name())
	if !filter.isDict() {
		return cipherNone // Identity
	}
	return pdfCipher(filter.key("CFM").name())
}

// padding stands in for what a password has less than 32 bytes.
const padding = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// key128 returns the key of a file for an empty password, up to revision 4 of the
// dictionary, or nil if that is not the password (ISO 32000-1, algorithms 2 to 6).
func key128(d pdfValue, id string, revision, length int) []byte {
	h := md5.New() //nolint:gosec // what PDF uses
	p := uint32(d.key("P").integer())
	h.Write([]byte(padding + d.key("O").bytes() + string([]byte{byte(p), byte(p >> 8), byte(p >> 16), byte(p >> 24)}) + id))
	if revision >= 4 && d.key("EncryptMetadata").data == false {
		h.Write([]byte{0xff, 0xff, 0xff, 0xff})
	}
	key := h.Sum(nil)
	if revision >= 3 {
		for range 50 {
			sum := md5.Sum(key[:length]) //nolint:gosec // what PDF uses
			key = sum[:]
		}
	}
	key = key[:length]
	proof := []byte(padding)
	rounds := byte(1)
	if revision >= 3 {
		sum := md5.Sum([]byte(padding + id)) //nolint:gosec // what PDF uses
		proof = sum[:]
		rounds = 20
	}
	for i := range rounds {
		turned := slices.Clone(key)
		for k := range turned {
			turned[k] ^= i
		}
		proof = rc4Bytes(turned, proof)
	}
	if !bytes.HasPrefix([]byte(d.key("U").bytes()), proof) {
		return nil
	}
	return key
}

// key256 does the same for the revisions 5 and 6 (ISO 32000-2, algorithm 2.A): the
// user's entry is a hash, its salt, and the salt of the key's key.
func key256(d pdfValue, revision int) []byte {
	user, packed := []byte(d.key("U").bytes()), []byte(d.key("UE").bytes())
	if len(user) < 48 || len(packed) < 32 || !bytes.Equal(hash256(user[32:40], revision), user[:32]) {
		return nil
	}
	key := make([]byte, 32)
	cbc(hash256(user[40:48], revision), make([]byte, aes.BlockSize), cipher.NewCBCDecrypter).CryptBlocks(key, packed[:32])
	return key
}

// hash256 is algorithm 2.B for an empty password. Revision 5 has its first step
// alone.
func hash256(salt []byte, revision int) []byte {
	sum := sha256.Sum256(salt)
	k := sum[:]
	if revision < 6 {
		return k
	}
	for round := 0; ; round++ {
		e := bytes.Repeat(k, 64)
		cbc(k[:16], k[16:32], cipher.NewCBCEncrypter).CryptBlocks(e, e)
		rest := 0 // of the first 16 bytes as a number, divided by 3
		for _, c := range e[:16] {
			rest += int(c)
		}
		switch rest % 3 {
		case 0:
			sum := sha256.Sum256(e)
			k = sum[:]
		case 1:
			sum := sha512.Sum384(e)
			k = sum[:]
		default:
			sum := sha512.Sum512(e)
			k = sum[:]
		}
		if round >= 63 && int(e[len(e)-1]) <= round-31 {
			return k[:32]
		}
	}
}

// strings decrypts the strings in an object of the file. Those of an object in a
// stream are encrypted with it.
func (c *pdfCrypt) strings(v any, ref pdfRef) any {
	if c == nil || c.forStrings == cipherNone {
		return v
	}
	switch v := v.(type) {
	case pdfString:
		return pdfString(c.decrypt(c.forStrings, []byte(v), ref))
	case pdfArray:
		for i := range v {
			v[i] = c.strings(v[i], ref)
		}
	case pdfDict:
		for key := range v {
			v[key] = c.strings(v[key], ref)
		}
	}
	return v
}

// stream decrypts the bytes of a stream.
func (c *pdfCrypt) stream(data []byte, s *pdfStream) []byte {
	if c == nil || s.dict["Type"] == pdfName("XRef") || c.metadataIsPlain && s.dict["Type"] == pdfName("Metadata") {
		return data
	}
	return c.decrypt(c.forStreams, data, s.ref)
}

func (c *pdfCrypt) decrypt(with pdfCipher, data []byte, ref pdfRef) []byte {
	key := c.key
	if with == cipherRC4 || with == cipherAES128 { // each object has a key of its own
		n, g := ref.number, ref.generation
		own := append(slices.Clone(key), byte(n), byte(n>>8), byte(n>>16), byte(g), byte(g>>8))
		if with == cipherAES128 {
			own = append(own, "sAlT"...)
		}
		sum := md5.Sum(own) //nolint:gosec // what PDF uses
		key = sum[:min(len(key)+5, 16)]
	}
	switch with {
	case cipherRC4:
		return rc4Bytes(key, data)
	case cipherAES128, cipherAES256:
		return aesBytes(key, data)
	}
	return data
}

func rc4Bytes(key, data []byte) []byte {
	c, err := rc4.NewCipher(key) //nolint:gosec // what PDF uses
	if err != nil {
		return data // never: a key has 5 to 32 bytes
	}
	out := make([]byte, len(data))
	c.XORKeyStream(out, data)
	return out
}

// aesBytes decrypts data, which begins with its initialisation vector and ends
// with as many bytes of padding as the last of them says.
func aesBytes(key, data []byte) []byte {
	if len(data) < 2*aes.BlockSize {
		return nil
	}
	iv, data := data[:aes.BlockSize], data[aes.BlockSize:]
	out := make([]byte, len(data)/aes.BlockSize*aes.BlockSize)
	cbc(key, iv, cipher.NewCBCDecrypter).CryptBlocks(out, data[:len(out)])
	if n := int(out[len(out)-1]); 1 <= n && n <= aes.BlockSize {
		out = out[:len(out)-n]
	}
	return out
}

func cbc(key, iv []byte, mode func(cipher.Block, []byte) cipher.BlockMode) cipher.BlockMode {
	b, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // never: a key has 16 or 32 bytes
	}
	return mode(b, iv)
}
