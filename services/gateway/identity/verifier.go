package identity

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/clock"
)

const (
	// RolesClaim is where a token lists roles, each as role:organisation,
	// unless the configuration says otherwise.
	RolesClaim = "openbook_roles"

	maxToken  = 8 << 10         // bytes; a token with every role is about 2 kB
	maxGrants = 100             // of one person
	maxCached = 4096            // verified tokens
	skew      = time.Minute     // how far an issuer's clock may be ahead
	patience  = 5 * time.Second // for an issuer's keys
)

// Verifier tells who a token was issued to. It may be used by many at once.
type Verifier struct {
	oidc     *oidc.IDTokenVerifier
	roles    string
	ref      func(issuer, subject string) events.PersonRef
	clock    clock.Clock
	log      *slog.Logger
	verified *lru.Cache[[sha256.Size]byte, Person]
}

// Config says whose tokens are believed.
type Config struct {
	Issuer   string // its URL, as tokens name it
	Audience string // what tokens must be issued for
	Roles    string // the claim that lists roles; empty for RolesClaim
	KeysURL  string // of the issuer's key set; empty to ask the issuer
	Clock    clock.Clock
	Log      *slog.Logger
}

// Remote believes an issuer elsewhere. It asks the issuer for the address of
// its keys, again and again until ctx is done.
func Remote(ctx context.Context, c Config) (*Verifier, error) {
	keys, err := remoteKeys(ctx, c)
	if err != nil {
		return nil, err
	}
	return newVerifier(c, keys, pseudonym, oidc.RS256, oidc.ES256, oidc.EdDSA)
}

// static believes whoever holds the private half of a key.
func static(c Config, public ed25519.PublicKey) (*Verifier, error) {
	keys := &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{public}}
	return newVerifier(c, keys, func(_, subject string) events.PersonRef { return events.PersonRef(subject) }, oidc.EdDSA)
}

func newVerifier(c Config, keys oidc.KeySet, ref func(issuer, subject string) events.PersonRef, algorithms ...string) (*Verifier, error) {
	if c.Issuer == "" || c.Audience == "" {
		return nil, errors.New("an issuer and an audience must be configured: any token of anybody would do otherwise")
	}
	if c.Roles == "" {
		c.Roles = RolesClaim
	}
	verified, err := lru.New[[sha256.Size]byte, Person](maxCached)
	if err != nil {
		return nil, err
	}
	return &Verifier{
		oidc: oidc.NewVerifier(c.Issuer, keys, &oidc.Config{
			ClientID: c.Audience, SupportedSigningAlgs: algorithms, Now: c.Clock.Now,
		}),
		roles: c.Roles, ref: ref, clock: c.Clock, log: c.Log, verified: verified,
	}, nil
}

// pseudonym is how a person of an issuer elsewhere is known in the book: an
// issuer may use a name or an address as subject, which must not get there.
func pseudonym(issuer, subject string) events.PersonRef {
	return events.PersonRef("person-" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(issuer+"#"+subject)).String())
}

// Verify returns the person a token was issued to. Its error never holds the
// token, and is for the log alone.
func (v *Verifier) Verify(ctx context.Context, token string) (Person, error) {
	if len(token) > maxToken {
		return Person{}, fmt.Errorf("a token of %d bytes", len(token))
	}
	if strings.Count(token, ".") != 2 || strings.ContainsFunc(token, notCompact) {
		return Person{}, errors.New("not a compact token") // the library would read other forms too
	}
	now, id := v.clock.Now(), sha256.Sum256([]byte(token))
	if p, ok := v.verified.Get(id); ok {
		if now.Before(p.Expires) {
			return p, nil
		}
		v.verified.Remove(id)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t, err := v.oidc.Verify(ctx, token)
	if err != nil {
		return Person{}, err
	}
	p, err := v.person(t, now)
	if err != nil {
		return Person{}, err
	}
	v.verified.Add(id, p)
	return p, nil
}

func notCompact(r rune) bool {
	return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", r)
}

func (v *Verifier) person(t *oidc.IDToken, now time.Time) (Person, error) {
	var claims map[string]json.RawMessage
	if err := t.Claims(&claims); err != nil {
		return Person{}, fmt.Errorf("claims: %w", err)
	}
	var c struct {
		NotBefore float64 `json:"nbf"`
		Name      string  `json:"name"`
		Party     string  `json:"azp"`
		Client    string  `json:"client_id"`
	}
	if err := t.Claims(&c); err != nil {
		return Person{}, fmt.Errorf("claims: %w", err)
	}
	switch latest := now.Add(skew); {
	case t.Subject == "":
		return Person{}, errors.New("no subject")
	case !now.Before(t.Expiry): // the library lets the last moment pass
		return Person{}, errors.New("expired")
	case t.IssuedAt.After(latest):
		return Person{}, errors.New("issued in the future")
	case c.NotBefore > float64(latest.Unix()): // the library allows five minutes
		return Person{}, errors.New("not yet valid")
	}
	p := Person{Ref: v.ref(t.Issuer, t.Subject), Name: c.Name, Client: c.Party, Expires: t.Expiry.UTC()}
	if p.Client == "" {
		p.Client = c.Client
	}
	var err error
	p.Grants, err = v.grants(p.Ref, claims[v.roles])
	return p, err
}

// grants reads the roles a token lists. One this release does not know gives
// nothing, but does not take away the others.
func (v *Verifier) grants(who events.PersonRef, claim json.RawMessage) ([]ask.Grant, error) {
	if claim == nil {
		return nil, nil
	}
	var list []string
	if err := json.Unmarshal(claim, &list); err != nil {
		return nil, fmt.Errorf("claim %s: %w", v.roles, err)
	}
	if len(list) > maxGrants {
		return nil, fmt.Errorf("claim %s lists %d roles; %d is the most", v.roles, len(list), maxGrants)
	}
	var grants []ask.Grant
	for _, s := range list {
		g, err := ask.ParseGrant(s)
		if err != nil {
			v.log.Warn("a token lists a role that is not known here; it gives nothing", "person", who, "role", clip(s))
			continue
		}
		grants = append(grants, g)
	}
	return grants, nil
}

// clip shortens what somebody unknown wrote to what a log line can bear.
func clip(s string) string {
	if len(s) > 200 {
		return s[:200] + "…"
	}
	return s
}
