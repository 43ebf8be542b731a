module github.com/retort-go/retort/ext/openapi

go 1.26.0

require (
	github.com/danielgtaylor/huma/v2 v2.37.2
	github.com/retort-go/retort v0.0.0
)

require (
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/retort-go/retort => ../..
