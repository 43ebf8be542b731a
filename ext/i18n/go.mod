module github.com/retort-go/retort/ext/i18n

go 1.26.0

require (
	github.com/leonelquinteros/gotext v1.7.2
	github.com/retort-go/retort v0.0.0
	golang.org/x/text v0.43.0
)

require golang.org/x/net v0.62.0 // indirect

replace github.com/retort-go/retort => ../..
