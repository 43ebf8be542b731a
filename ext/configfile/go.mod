module github.com/retort-go/retort/ext/configfile

go 1.26.0

require (
	github.com/joho/godotenv v1.5.1
	github.com/knadh/koanf/parsers/toml/v2 v2.1.0
	github.com/knadh/koanf/parsers/yaml v1.1.1
	github.com/retort-go/retort v0.0.0
)

require (
	github.com/pelletier/go-toml/v2 v2.2.2 // indirect
	go.yaml.in/yaml/v3 v3.0.3 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/retort-go/retort => ../..
