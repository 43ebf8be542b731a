module github.com/retort-go/retort/ext/compress

go 1.26.0

require (
	github.com/klauspost/compress v1.20.3
	github.com/retort-go/retort v0.0.0
)

require (
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/retort-go/retort => ../..
