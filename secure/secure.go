// Package secure holds the defences that work on single headers and values:
// the headers of every answer, which hosts are ours, which proxy to believe,
// where a redirect may lead, and what of the wire net/http leaves to its user.
//
// They are plain functions on plain values, each with the attack it stops; the
// framework decides when to call them. What is costly or can be wrong is done
// once at set-up, so that a request pays for map inserts and comparisons only.
package secure
