//go:build !unix

package retort

// maxDescriptors is not known to be bounded here.
func maxDescriptors() (n int, ok bool) { return 0, false }
