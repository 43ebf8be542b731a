//go:build !race

package value

// poison is for the race detector; see there.
const poison = false
