package platform

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/services/gateway/identity"
)

// Token returns a token for one of the sample people, named by the role they
// play, signed with the key in the data folder of `openbook up`. Whoever can
// read that folder can be anybody.
func Token(c Config, as string, ttl time.Duration) (string, error) {
	local, err := identity.OpenLocal(c.Data, c.clock(), slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	var known []string
	for _, p := range identity.SamplePeople {
		name := strings.TrimPrefix(string(p.Ref), "person-sample-")
		if name == as {
			return local.Mint(p, ttl)
		}
		known = append(known, name)
	}
	return "", fmt.Errorf("there is no sample person %q: name one of %s", as, strings.Join(known, ", "))
}
