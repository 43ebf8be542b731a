module github.com/retort-go/retort/examples

go 1.26.0

require (
	github.com/retort-go/retort v0.0.0
	github.com/retort-go/retort/ext/openapi v0.0.0
	github.com/urfave/cli/v3 v3.14.0
	modernc.org/sqlite v1.60.1
)

require (
	github.com/danielgtaylor/huma/v2 v2.37.2 // indirect
	github.com/dustin/go-humanize v1.0.1 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/ncruces/go-strftime v1.0.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	modernc.org/libc v1.77.1 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)

replace github.com/retort-go/retort => ../

replace github.com/retort-go/retort/ext/openapi => ../ext/openapi
