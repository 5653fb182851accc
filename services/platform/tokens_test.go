package platform_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/platform"
)

// Whoever is not signed in learns that, and nothing else.
func TestWhoIsNotSignedInLearnsNothing(t *testing.T) {
	t.Parallel()
	one, _ := up(t, platform.Config{Data: t.TempDir()})
	f := newFleet(t)
	people := f.people

	grant := ask.Grant{Role: ask.Steward, Of: ask.England}
	claims := func(change func(*jwt.Claims)) string {
		now := time.Now()
		c := jwt.Claims{Issuer: people.URL, Subject: "somebody", Audience: jwt.Audience{audience}, IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Hour))}
		change(&c)
		return people.sign(t, people.signer, c, grant)
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	forger, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: stranger, KeyID: "1"}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	good := claims(func(*jwt.Claims) {})
	body := strings.Split(good, ".")[1]
	local := one.mint(t, "somebody", grant)
	encode := base64.RawURLEncoding.EncodeToString
	now := time.Now()
	honest := jwt.Claims{Issuer: people.URL, Subject: "somebody", Audience: jwt.Audience{audience}, IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Hour))}

	for _, at := range []struct {
		name, good string
		site       *site
		bad        map[string]string
	}{
		{"an issuer elsewhere", good, f.site, map[string]string{
			"none":            "",
			"expired":         claims(func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(now.Add(-time.Minute)) }),
			"forged":          people.sign(t, forger, honest, grant),
			"alg none":        encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + body + ".",
			"alg none signed": encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + body + "." + strings.Split(good, ".")[2],
			"wrong audience":  claims(func(c *jwt.Claims) { c.Audience = jwt.Audience{"another"} }),
			"wrong issuer":    claims(func(c *jwt.Claims) { c.Issuer = "https://example.org" }),
			"of one machine":  local,
			"changed":         good[:len(good)-8] + "AAAAAAAA",
		}},
		{"one machine's own", local, one, map[string]string{
			"none":           "",
			"of an issuer":   good,
			"alg none":       encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + strings.Split(local, ".")[1] + ".",
			"another folder": localMint(t.TempDir())(t, "somebody", grant),
			"changed":        local[:len(local)-8] + "AAAAAAAA",
		}},
	} {
		t.Run(at.name, func(t *testing.T) {
			var first string
			for name, token := range at.bad {
				for _, way := range []string{"header", "cookie"} {
					status, said := knock(t, at.site, way, token)
					if first == "" {
						first = said
					}
					if status != http.StatusUnauthorized || said != first {
						t.Errorf("a token that is %s, in a %s, is answered %d %s", name, way, status, said)
					}
				}
			}
			if !strings.Contains(first, `"UNAUTHENTICATED"`) || strings.Contains(first, "data") || len(first) > 300 {
				t.Errorf("a stranger is told %s", first)
			}
			if status, said := knock(t, at.site, "header", at.good); status != http.StatusOK || !strings.Contains(said, "person-") {
				t.Errorf("a good token is answered %d %s", status, said)
			}
		})
	}
}

// knock asks who one is, and returns the status and the body.
func knock(t *testing.T, s *site, way, token string) (int, string) {
	t.Helper()
	r, err := (client{site: s}).request(t.Context(), `{ me { ref } status { book } }`, nil)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case token == "":
	case way == "header":
		r.Header.Set("Authorization", "Bearer "+token)
	case way == "cookie":
		r.AddCookie(&http.Cookie{Name: identity.Cookie, Value: token})
	}
	resp, err := web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(said)
}
