package web_test

import (
	"testing"

	"github.com/retort-go/retort/assay/document"
)

func TestMain(m *testing.M) {
	document.ServeJail()
	m.Run()
}
