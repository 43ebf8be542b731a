#include "textflag.h"

// func cpuHasAVX2() bool
TEXT ·cpuHasAVX2(SB), NOSPLIT, $0-1
	MOVB $0, ret+0(FP)
	MOVL $0, AX
	CPUID
	CMPL AX, $7
	JLT  no
	MOVL $1, AX
	MOVL $0, CX
	CPUID
	ANDL $0x18000000, CX // OSXSAVE and AVX
	CMPL CX, $0x18000000
	JNE  no
	MOVL $0, CX
	XGETBV
	ANDL $6, AX // the system saves XMM and YMM
	CMPL AX, $6
	JNE  no
	MOVL $7, AX
	MOVL $0, CX
	CPUID
	ANDL $0x20, BX
	JZ   no
	MOVB $1, ret+0(FP)
no:
	RET

#define BYTES(name, v) \
	DATA name<>+0(SB)/8, $v  \
	DATA name<>+8(SB)/8, $v  \
	DATA name<>+16(SB)/8, $v \
	DATA name<>+24(SB)/8, $v \
	GLOBL name<>(SB), RODATA|NOPTR, $32

BYTES(b0A, 0x0a0a0a0a0a0a0a0a)
BYTES(b20, 0x2020202020202020)
BYTES(b2E, 0x2e2e2e2e2e2e2e2e)
BYTES(b2D, 0x2d2d2d2d2d2d2d2d)
BYTES(b5F, 0x5f5f5f5f5f5f5f5f)
BYTES(b3A, 0x3a3a3a3a3a3a3a3a)
BYTES(b41, 0x4141414141414141)
BYTES(b40, 0x4040404040404040)
BYTES(b30, 0x3030303030303030)
BYTES(b09, 0x0909090909090909)
BYTES(b61, 0x6161616161616161)
BYTES(b05, 0x0505050505050505)
BYTES(b19, 0x1919191919191919)
BYTES(b63, 0x6363636363636363)
BYTES(b76, 0x7676767676767676)
BYTES(b6F, 0x6f6f6f6f6f6f6f6f)
BYTES(b74, 0x7474747474747474)
BYTES(b7D, 0x7d7d7d7d7d7d7d7d)
BYTES(b29, 0x2929292929292929)
BYTES(b2C, 0x2c2c2c2c2c2c2c2c)
BYTES(bE3, 0xe3e3e3e3e3e3e3e3)
BYTES(b80, 0x8080808080808080)
BYTES(b01, 0x0101010101010101)
BYTES(bBD, 0xbdbdbdbdbdbdbdbd)
BYTES(bEF, 0xefefefefefefefef)

// HALF classifies the 32 bytes at off(SI) into
// R8 dot, R9 mark, R10 hex, R11 token, R12 wide, R13 upper, BX odd, AX line.
// Y0 the bytes, Y1 the bytes after them; Y2 and Y3 both in lower case.
#define HALF(off) \
	VMOVDQU off(SI), Y0          \
	VMOVDQU (off+1)(SI), Y1      \
	VPOR    Y15, Y0, Y2          \
	VPOR    Y15, Y1, Y3          \
	VPCMPEQB bE3<>(SB), Y0, Y4   \ // the dots of other scripts
	VPCMPEQB b80<>(SB), Y1, Y5   \
	VPAND   Y5, Y4, Y4           \
	VPOR    b01<>(SB), Y1, Y5    \
	VPCMPEQB bBD<>(SB), Y5, Y5   \
	VPCMPEQB bEF<>(SB), Y0, Y6   \
	VPAND   Y6, Y5, Y5           \
	VPOR    Y5, Y4, Y4           \
	VPMOVMSKB Y4, R12            \
	VPCMPEQB b0A<>(SB), Y0, Y4   \ // line feeds
	VPMOVMSKB Y4, AX             \
	VPCMPEQB Y14, Y0, Y4         \ // '.'
	VPMOVMSKB Y4, R8             \
	VPSUBB  b30<>(SB), Y0, Y5    \
	VPMINUB b09<>(SB), Y5, Y6    \
	VPCMPEQB Y5, Y6, Y5          \ // digits
	VPSUBB  b61<>(SB), Y2, Y6    \
	VPMINUB b05<>(SB), Y6, Y7    \
	VPCMPEQB Y6, Y7, Y7          \ // a to f
	VPMINUB b19<>(SB), Y6, Y8    \
	VPCMPEQB Y6, Y8, Y8          \ // letters
	VPOR    Y5, Y7, Y7           \
	VPMOVMSKB Y7, R10            \
	VPOR    Y5, Y8, Y8           \
	VPOR    Y4, Y8, Y8           \
	VPCMPEQB b2D<>(SB), Y0, Y4   \
	VPCMPEQB b5F<>(SB), Y0, Y5   \
	VPOR    Y4, Y5, Y4           \
	VPMOVMSKB Y4, BX             \
	VPOR    Y4, Y8, Y8           \
	VPMOVMSKB Y8, R11            \
	VPSUBB  b41<>(SB), Y0, Y5    \
	VPMINUB b19<>(SB), Y5, Y6    \
	VPCMPEQB Y5, Y6, Y5          \ // capitals
	VPMOVMSKB Y5, R13            \
	VPCMPEQB b3A<>(SB), Y0, Y4   \
	VPCMPEQB b40<>(SB), Y0, Y5   \
	VPOR    Y4, Y5, Y4           \
	VPCMPEQB Y13, Y2, Y5         \ // "cv"
	VPCMPEQB Y12, Y3, Y6         \
	VPAND   Y5, Y6, Y5           \
	VPOR    Y4, Y5, Y4           \
	VPCMPEQB Y11, Y2, Y5         \ // "ot"
	VPCMPEQB Y10, Y3, Y6         \
	VPAND   Y5, Y6, Y5           \
	VPOR    Y4, Y5, Y4           \
	VPCMPEQB Y10, Y2, Y5         \ // 't', 'o', 'a' or ',' before a bracket that closes
	VPCMPEQB b2C<>(SB), Y0, Y6   \
	VPOR    Y5, Y6, Y5           \
	VPCMPEQB Y11, Y2, Y6         \
	VPOR    Y5, Y6, Y5           \
	VPCMPEQB b61<>(SB), Y2, Y6   \
	VPOR    Y5, Y6, Y5           \
	VPCMPEQB Y9, Y3, Y6          \
	VPCMPEQB b29<>(SB), Y1, Y7   \
	VPOR    Y6, Y7, Y6           \
	VPAND   Y5, Y6, Y5           \
	VPOR    Y4, Y5, Y4           \
	VPMOVMSKB Y4, R9

// func masksAVX2(words *word, text *byte, n int)
TEXT ·masksAVX2(SB), NOSPLIT, $0-24
	MOVQ words+0(FP), DI
	MOVQ text+8(FP), SI
	MOVQ n+16(FP), CX
	VMOVDQU b20<>(SB), Y15
	VMOVDQU b2E<>(SB), Y14
	VMOVDQU b63<>(SB), Y13
	VMOVDQU b76<>(SB), Y12
	VMOVDQU b6F<>(SB), Y11
	VMOVDQU b74<>(SB), Y10
	VMOVDQU b7D<>(SB), Y9
loop:
	HALF(0)
	MOVL R8, 0(DI)
	MOVL R9, 8(DI)
	MOVL R10, 16(DI)
	MOVL R11, 24(DI)
	MOVL R12, 32(DI)
	MOVL R13, 40(DI)
	MOVL BX, 48(DI)
	MOVL AX, 56(DI)
	HALF(32)
	MOVL R8, 4(DI)
	MOVL R9, 12(DI)
	MOVL R10, 20(DI)
	MOVL R11, 28(DI)
	MOVL R12, 36(DI)
	MOVL R13, 44(DI)
	MOVL BX, 52(DI)
	MOVL AX, 60(DI)
	ADDQ $64, SI
	ADDQ $64, DI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
