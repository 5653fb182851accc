package ledger

import (
	"github.com/benbjohnson/immutable"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	fact "github.com/ics-openbook/openbook/events/funding"
)

// Hashers are passed over when states are compared: cmp takes their Equal for
// one of the value's own, and calls it.
var Hashers = cmp.Options{
	cmpopts.IgnoreInterfaces(struct {
		immutable.Hasher[fact.Account]
	}{}),
	cmpopts.IgnoreInterfaces(struct{ immutable.Hasher[reference] }{}),
}
