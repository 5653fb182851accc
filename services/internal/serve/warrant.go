package serve

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
)

const (
	warrantHeader = "Openbook-Warrant"
	warrantType   = "openbook-warrant+jwt"
	// lifetime is how long a warrant holds: an ask is answered or given up long
	// before, and clocks may differ a little.
	lifetime = time.Minute
	leeway   = 10 * time.Second
)

// Warrant is the gateway's word for who asks what. A service believes nothing
// else about an ask, whoever may publish on its subject.
type Warrant struct {
	Subject    string           `json:"ask"`
	ID         events.ID        `json:"jti"`
	Hash       string           `json:"hash"` // of subject and input
	Actor      events.PersonRef `json:"sub"`
	Grants     []ask.Grant      `json:"grants"`
	OnBehalfOf events.Entity    `json:"onbehalfof,omitempty"`
	Cause      events.ID        `json:"cause,omitempty"`
	IfRevision *events.Revision `json:"ifrevision,omitempty"`
	After      events.Position  `json:"after"` // what the asker has seen
	Expires    int64            `json:"exp"`   // seconds since 1970
}

var errWarrant = errors.New("the ask bears no valid warrant")

// hash is what an idempotency key is held to: the same for the same request.
func hash(subject string, input []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s", subject, input)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func signer(key ed25519.PrivateKey) (jose.Signer, error) {
	return jose.NewSigner(
		jose.SigningKey{Algorithm: jose.EdDSA, Key: key},
		(&jose.SignerOptions{}).WithType(warrantType))
}

// sign writes w as a compact JWS.
func sign(s jose.Signer, w Warrant, now time.Time) (string, error) {
	w.Expires = now.Add(lifetime).Unix()
	payload, err := json.Marshal(w)
	if err != nil {
		return "", err
	}
	signed, err := s.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// verify reads a warrant for this very subject and input, signed by one of keys.
func verify(token string, keys []ed25519.PublicKey, subject string, input []byte, now time.Time) (Warrant, error) {
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		return Warrant{}, fmt.Errorf("%w: %w", errWarrant, err)
	}
	if typ := parsed.Signatures[0].Protected.ExtraHeaders[jose.HeaderType]; typ != warrantType {
		return Warrant{}, fmt.Errorf("%w: its type is %v", errWarrant, typ)
	}
	for _, key := range keys {
		var payload []byte
		if payload, err = parsed.Verify(key); err == nil {
			return read(payload, subject, input, now)
		}
	}
	return Warrant{}, fmt.Errorf("%w: %w", errWarrant, err)
}

func read(payload []byte, subject string, input []byte, now time.Time) (w Warrant, err error) {
	if err := json.Unmarshal(payload, &w); err != nil {
		return Warrant{}, fmt.Errorf("%w: %w", errWarrant, err)
	}
	switch {
	case w.Subject != subject:
		return Warrant{}, fmt.Errorf("%w: it is for %s", errWarrant, w.Subject)
	case w.Hash != hash(subject, input):
		return Warrant{}, fmt.Errorf("%w: it is for other input", errWarrant)
	case now.After(time.Unix(w.Expires, 0).Add(leeway)):
		return Warrant{}, fmt.Errorf("%w: it has expired", errWarrant)
	}
	return w, nil
}
