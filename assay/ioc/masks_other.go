//go:build !amd64

package ioc

func fillMasks(words []word, text []byte, start int) { masksGeneric(words, text, start) }
