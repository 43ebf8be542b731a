package retort_test

import (
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

func TestMemoryRevocations(t *testing.T) { retorttest.Revocations(t, retort.NewMemoryRevocations()) }
