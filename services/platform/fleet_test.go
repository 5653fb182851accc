package platform_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/services/platform"
)

const audience = "openbook-test"

// issuer signs people in where the platform does not.
type issuer struct {
	*httptest.Server
	key    jose.JSONWebKey
	signer jose.Signer
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: jose.JSONWebKey{Key: private, KeyID: "1", Algorithm: "RS256", Use: "sig"}}
	i.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: i.key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		url := "http://" + r.Host
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": url, "jwks_uri": url + "/keys", "authorization_endpoint": url + "/auth", "token_endpoint": url + "/token",
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.key.Public()}})
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) mint(t testing.TB, person string, grants ...ask.Grant) string {
	t.Helper()
	now := time.Now()
	return i.sign(t, i.signer, jwt.Claims{
		Issuer: i.URL, Subject: person, Audience: jwt.Audience{audience},
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Hour)),
	}, grants...)
}

func (i *issuer) sign(t testing.TB, by jose.Signer, claims jwt.Claims, grants ...ask.Grant) string {
	t.Helper()
	roles := []string{}
	for _, g := range grants {
		roles = append(roles, g.String())
	}
	token, err := jwt.Signed(by).Claims(claims).
		Claims(map[string]any{"name": claims.Subject, "azp": "test", "openbook_roles": roles}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// fleet is the platform with each service in a process of its own.
type fleet struct {
	*site
	people                                                     *issuer
	nats, book, network, contract, funding, workforce, gateway *process
	config                                                     func(service string) platform.Config
}

func newFleet(t testing.TB) *fleet {
	t.Helper()
	dir := t.TempDir()
	private, public, _, err := platform.GenerateKeys(filepath.Join(dir, "keys"), "book.example/fleet")
	if err != nil {
		t.Fatal(err)
	}
	people := newIssuer(t)
	natsAt, gatewayAt := address(t), address(t)
	passwords := map[string]string{"BOOK": "book-secret", "NETWORK": "network-secret", "CONTRACT": "contract-secret", "FUNDING": "funding-secret", "WORKFORCE": "workforce-secret", "GATEWAY": "gateway-secret"}
	config := func(service string) platform.Config {
		c := platform.Config{
			Data: filepath.Join(dir, service), NATS: "nats://" + natsAt,
			NATSPassword: passwords[strings.ToUpper(service)],
		}
		switch service {
		case "gateway":
			c.Listen, c.Issuer, c.Audience, c.SigningKey = gatewayAt, people.URL, audience, private
		case "network", "contract", "funding", "workforce":
			c.Verification = public
		}
		return c
	}
	f := &fleet{people: people, config: config}
	f.nats = nats(t, natsAt, filepath.Join(dir, "nats"), passwords)
	f.book = service(t, "book", config("book"))
	f.network = service(t, "network", config("network"))
	f.contract = service(t, "contract", config("contract"))
	f.funding = service(t, "funding", config("funding"))
	f.workforce = service(t, "workforce", config("workforce"))
	f.gateway = service(t, "gateway", config("gateway"))
	f.site = &site{url: f.gateway.at.URL, mint: people.mint}
	f.restart = func(t testing.TB) {
		t.Helper()
		for _, p := range []*process{f.gateway, f.workforce, f.funding, f.contract, f.network, f.book} {
			p.stop(t)
		}
		for _, p := range []*process{f.book, f.network, f.contract, f.funding, f.workforce, f.gateway} {
			p.start(t)
		}
	}
	return f
}

// fresh is another gateway, which knows nothing but what it reads.
func (f *fleet) fresh(t testing.TB) *site {
	t.Helper()
	c := f.config("gateway")
	c.Data, c.Listen = t.TempDir(), "127.0.0.1:0"
	return &site{url: service(t, "gateway", c).at.URL, mint: f.mint}
}

func TestTheStoryWithEachServiceAProcess(t *testing.T) {
	t.Parallel()
	tell(t, newFleet(t).site)
}
