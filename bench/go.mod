module github.com/retort-go/retort/bench

go 1.26.0

require (
	github.com/CloudyKit/jet/v6 v6.3.3
	github.com/a-h/templ v0.3.977
	github.com/flosch/pongo2/v6 v6.0.0
	github.com/nikolalohinski/gonja/v2 v2.9.1
	github.com/retort-go/retort v0.0.0
	github.com/valyala/quicktemplate v1.8.0
)

require golang.org/x/net v0.62.0 // indirect

require (
	github.com/CloudyKit/fastprinter v0.0.0-20200109182630-33d98a066a53 // indirect
	github.com/dustin/go-humanize v1.0.1 // indirect
	github.com/json-iterator/go v1.1.12 // indirect
	github.com/modern-go/concurrent v0.0.0-20180306012644-bacd9c7ef1dd // indirect
	github.com/modern-go/reflect2 v1.0.2 // indirect
	github.com/pkg/errors v0.9.1 // indirect
	github.com/retort-go/retort/assay v0.0.0
	github.com/sirupsen/logrus v1.9.3 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	github.com/wasilibs/go-re2 v1.13.0
	golang.org/x/exp v0.0.0-20240719175910-8a7402abbf56 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/retort-go/retort => ../

replace github.com/retort-go/retort/assay => ../assay
