package identity

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/ics-openbook/openbook/services/internal/clock"
)

var noon = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

type claims = map[string]any

func signed(t *testing.T, alg jose.SignatureAlgorithm, key any, c claims) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(s).Claims(c).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func unsigned(header, payload string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + "."
}

// with returns c with some claims changed; nil takes one away.
func with(c claims, changes claims) claims {
	c = maps.Clone(c)
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A stranger tries every way in that is known, against the issuer of this
// machine and one elsewhere. All look the same from outside.
func TestNobodyComesInWithoutAValidToken(t *testing.T) {
	var log bytes.Buffer
	at := clock.Func(func() time.Time { return noon })
	logger := slog.New(slog.NewTextHandler(&log, nil))

	local, private := mustOwn(t, at, logger)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	issuer := issuerOf(t, rsaKey.Public(), "RS256")
	remote, err := Remote(t.Context(), Config{Issuer: issuer.URL, Audience: "openbook", Clock: at, Log: logger})
	if err != nil {
		t.Fatal(err)
	}
	_, strangerEd, _ := ed25519.GenerateKey(rand.Reader)
	strangerRSA, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	strangerEC, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	for _, target := range []struct {
		name      string
		verifier  *Verifier
		issuer    string
		alg       jose.SignatureAlgorithm
		key       any
		public    any
		strangers map[jose.SignatureAlgorithm]any
	}{
		{"local", local.Verifier(), localIssuer, jose.EdDSA, private, private.Public(), map[jose.SignatureAlgorithm]any{jose.EdDSA: strangerEd, jose.RS256: strangerRSA, jose.ES256: strangerEC}},
		{"remote", remote, issuer.URL, jose.RS256, rsaKey, rsaKey.Public(), map[jose.SignatureAlgorithm]any{jose.EdDSA: strangerEd, jose.RS256: strangerRSA, jose.ES256: strangerEC}},
	} {
		good := claims{
			"iss": target.issuer, "aud": "openbook", "sub": "person-1", "exp": noon.Add(time.Hour).Unix(), "iat": noon.Unix(),
			"nbf": noon.Unix(), RolesClaim: []string{"steward:england"},
		}
		sign := func(changes claims) string { return signed(t, target.alg, target.key, with(good, changes)) }
		valid := sign(nil)
		parts := strings.Split(valid, ".")
		der, err := x509.MarshalPKIXPublicKey(target.public)
		if err != nil {
			t.Fatal(err)
		}
		public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		raw := der[len(der)-32:]

		attacks := map[string]http.Header{
			"nothing":           {},
			"empty":             {"Authorization": {""}},
			"no scheme":         {"Authorization": {valid}},
			"basic":             {"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("admin:admin"))}},
			"two headers":       {"Authorization": {"Bearer " + valid, "Bearer " + valid}},
			"cookie differs":    {"Authorization": {"Bearer " + valid}, "Cookie": {"openbook=" + sign(claims{"sub": "person-2"})}},
			"two cookies":       {"Cookie": {"openbook=" + valid + "; openbook=" + sign(claims{"sub": "person-2"})}},
			"other cookie":      {"Cookie": {"session=" + valid}},
			"cookie, cross":     {"Cookie": {"openbook=" + valid}, "Sec-Fetch-Site": {"cross-site"}},
			"cookie, same site": {"Cookie": {"openbook=" + valid}, "Sec-Fetch-Site": {"same-site"}},
			"cookie, origin":    {"Cookie": {"openbook=" + valid}, "Origin": {"http://localhost:3000"}},
			"cookie, null":      {"Cookie": {"openbook=" + valid}, "Origin": {"null"}},
		}
		for name, token := range map[string]string{
			"word":              "token",
			"dots":              "..",
			"two parts":         parts[0] + "." + parts[1],
			"four parts":        valid + ".x",
			"not base64":        parts[0] + ".§." + parts[2],
			"huge":              valid + strings.Repeat("A", maxToken),
			"full JSON form":    `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
			"no signature":      parts[0] + "." + parts[1] + ".",
			"signature cut":     parts[0] + "." + parts[1] + "." + parts[2][:len(parts[2])-8],
			"other's signature": parts[0] + "." + parts[1] + "." + strings.Split(sign(claims{"sub": "person-2"}), ".")[2],
			"payload changed":   parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(asJSON(t, with(good, claims{"sub": "person-2"})))) + "." + parts[2],
			"expired":           sign(claims{"exp": noon.Add(-time.Second).Unix()}),
			"expires now":       sign(claims{"exp": noon.Unix()}),
			"never expires":     sign(claims{"exp": nil}),
			"expiry a word":     sign(claims{"exp": "tomorrow"}),
			"not yet valid":     sign(claims{"nbf": noon.Add(2 * time.Minute).Unix()}),
			"from the future":   sign(claims{"iat": noon.Add(2 * time.Minute).Unix()}),
			"wrong audience":    sign(claims{"aud": "somebody-else"}),
			"no audience":       sign(claims{"aud": nil}),
			"wrong issuer":      sign(claims{"iss": "https://stranger.example"}),
			"no issuer":         sign(claims{"iss": nil}),
			"no subject":        sign(claims{"sub": nil}),
			"roles a word":      sign(claims{RolesClaim: "steward:england"}),
			"none":              unsigned(`{"alg":"none","typ":"JWT"}`, asJSON(t, good)),
			"None":              unsigned(`{"alg":"None"}`, asJSON(t, good)),
			"no algorithm":      unsigned(`{"typ":"JWT"}`, asJSON(t, good)),
			"none, signed":      unsigned(`{"alg":"none"}`, asJSON(t, good)) + parts[2],
			"HS256, public PEM": signed(t, jose.HS256, public, good),
			"HS256, public DER": signed(t, jose.HS256, der, good),
			"HS256, public raw": signed(t, jose.HS256, raw, good),
			"HS256, empty kid":  signed(t, jose.HS256, bytes.Repeat([]byte{0}, 32), good),
			"own key inside":    embedded(t, strangerEd, good),
			"key by URL":        pointing(t, strangerEd, issuer.URL+"/keys", good),
		} {
			attacks[name] = http.Header{"Authorization": {"Bearer " + token}}
			attacks[name+", cookie"] = http.Header{"Cookie": {"openbook=" + token}}
		}
		for alg, key := range target.strangers {
			attacks["a stranger's "+string(alg)] = http.Header{"Authorization": {"Bearer " + signed(t, alg, key, good)}}
		}

		var reached atomic.Int64
		server := httptest.NewServer(target.verifier.Require(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) })))
		defer server.Close()
		post := func(h http.Header) (*http.Response, string) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/graphql", strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header = h
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			return answer, string(body)
		}
		for name, header := range attacks {
			answer, body := post(header)
			if answer.StatusCode != http.StatusUnauthorized || answer.Header.Get("WWW-Authenticate") != `Bearer error="invalid_token"` || body != unauthenticated {
				t.Errorf("%s: %s: %s %q %s", target.name, name, answer.Status, answer.Header.Get("WWW-Authenticate"), body)
			}
		}
		if n := reached.Load(); n != 0 {
			t.Errorf("%s: %d requests came through", target.name, n)
		}
		for name, header := range map[string]http.Header{
			"bearer":         {"Authorization": {"Bearer " + valid}},
			"bearer, lower":  {"Authorization": {"bearer " + valid}},
			"cookie":         {"Cookie": {"openbook=" + valid}},
			"both the same":  {"Authorization": {"Bearer " + valid}, "Cookie": {"openbook=" + valid}},
			"own page":       {"Cookie": {"openbook=" + valid}, "Sec-Fetch-Site": {"same-origin"}, "Origin": {server.URL}},
			"bearer, anyone": {"Authorization": {"Bearer " + valid}, "Origin": {"https://dashboard.example"}},
		} {
			if answer, body := post(header); answer.StatusCode != http.StatusOK {
				t.Errorf("%s: %s: %s %s", target.name, name, answer.Status, body)
			}
		}
		for _, part := range append(parts[1:], strings.Split(attacks["expired"].Get("Authorization"), ".")[1:]...) {
			if strings.Contains(log.String(), part) {
				t.Errorf("%s: the log holds a part of a token", target.name)
			}
		}
	}
	for _, reason := range []string{"expired", "audience", "different provider", "unexpected signature algorithm", "not yet valid", "no token"} {
		if !strings.Contains(log.String(), reason) {
			t.Errorf("the log does not give the reason %q", reason)
		}
	}
}

// mustOwn opens a local issuer and gives its key too.
func mustOwn(t *testing.T, at clock.Clock, log *slog.Logger) (*Local, ed25519.PrivateKey) {
	t.Helper()
	dir := t.TempDir()
	local, err := OpenLocal(dir, at, log)
	if err != nil {
		t.Fatal(err)
	}
	private, err := keyIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	return local, private
}

// issuerOf is an issuer elsewhere.
func issuerOf(t *testing.T, public any, alg string) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	answer := func(v any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if err := json.NewEncoder(w).Encode(v); err != nil {
				t.Error(err)
			}
		}
	}
	mux.HandleFunc("/.well-known/openid-configuration", answer(map[string]any{"issuer": server.URL, "jwks_uri": server.URL + "/keys"}))
	mux.HandleFunc("/keys", answer(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: public, Algorithm: alg, Use: "sig"}}}))
	return server
}

func embedded(t *testing.T, key ed25519.PrivateKey, c claims) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: key}, &jose.SignerOptions{EmbedJWK: true})
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(s).Claims(c).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func pointing(t *testing.T, key ed25519.PrivateKey, url string, c claims) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: key}, (&jose.SignerOptions{}).WithHeader("jku", url))
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(s).Claims(c).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}
