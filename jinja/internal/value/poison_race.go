//go:build race

package value

// poison spoils what was taken back, so that the tests under the race detector
// see whoever still reads it.
const poison = true
