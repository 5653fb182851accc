package platform

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// ErrNoBook means that no platform has ever run in a folder.
var ErrNoBook = errors.New("no platform has run in the folder")

// Token mints a token that the platform whose data is in c.Data believes for
// ttl. as is who bears it: a role that a sample person plays, such as steward,
// or any role held for an organisation, such as pcn:network-U99002. Whoever can
// read the folder can be anybody, and nobody else can.
func Token(c Config, as string, ttl time.Duration) (string, error) {
	who, err := person(as)
	if err != nil {
		return "", err
	}
	if err := hasBook(c); err != nil {
		return "", err
	}
	local, err := identity.OpenLocal(c.Data, c.clock(), telemetry.Off().Log)
	if err != nil {
		return "", err
	}
	return local.Mint(who, ttl)
}

// Roles are the roles that sample people play.
func Roles() (roles []string) {
	for _, p := range identity.SamplePeople {
		roles = append(roles, string(p.Grants[0].Role))
	}
	return roles
}

func person(as string) (identity.Person, error) {
	for _, p := range identity.SamplePeople {
		role := string(p.Grants[0].Role)
		if as == role || as == strings.TrimPrefix(role, "ics-") || as == p.Grants[0].String() {
			return p, nil
		}
	}
	grant, err := ask.ParseGrant(as)
	if err != nil {
		return identity.Person{}, fmt.Errorf("nobody is %q: say %s, or a role held for an organisation, such as pcn:network-U99002", as, strings.Join(Roles(), ", "))
	}
	return identity.Person{
		Ref: events.PersonRef("person-local-" + string(grant.Role) + "-" + string(grant.Of)), Name: grant.String(),
		Client: "openbook", Grants: []ask.Grant{grant},
	}, nil
}

func hasBook(c Config) error {
	err := fs.ErrNotExist
	for _, name := range []string{"book.db", "book"} { // the book itself, or only what is made of one that is elsewhere
		if errors.Is(err, fs.ErrNotExist) {
			_, err = os.Stat(filepath.Join(c.Data, name))
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w %s", ErrNoBook, c.Data)
	}
	return err
}
