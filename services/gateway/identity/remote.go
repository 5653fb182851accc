package identity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/time/rate"
)

const (
	maxAnswer = 1 << 20 // bytes of an issuer's answer
	retry     = 2 * time.Second
)

// remoteKeys are the keys of an issuer elsewhere, fetched when first needed and
// whenever a token names one that is not known.
func remoteKeys(ctx context.Context, c Config) (oidc.KeySet, error) {
	if err := secure(c.Issuer, c.KeysURL); err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: patience, Transport: sparing{rate.NewLimiter(rate.Every(10*time.Second), 6)}}
	ctx = oidc.ClientContext(ctx, client)
	if c.KeysURL != "" {
		return oidc.NewRemoteKeySet(ctx, c.KeysURL), nil
	}
	for {
		provider, err := oidc.NewProvider(ctx, c.Issuer)
		if err == nil {
			var found struct {
				KeysURL string `json:"jwks_uri"`
			}
			if err := provider.Claims(&found); err != nil {
				return nil, fmt.Errorf("issuer %s: %w", c.Issuer, err)
			}
			return oidc.NewRemoteKeySet(ctx, found.KeysURL), nil
		}
		if mismatch := (*oidc.IssuerMismatchError)(nil); errors.As(err, &mismatch) {
			return nil, fmt.Errorf("the issuer calls itself something else than configured: %w", err)
		}
		c.Log.Warn("the issuer of tokens does not answer", "issuer", c.Issuer, "error", err)
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the issuer of tokens %s does not answer: %w", c.Issuer, err)
		case <-time.After(retry):
		}
	}
}

// secure refuses to take keys from whoever happens to be on the way. On this
// machine nobody is.
func secure(urls ...string) error {
	for _, s := range urls {
		u, err := url.Parse(s)
		if err != nil {
			return fmt.Errorf("the issuer's address: %w", err)
		}
		if ip := net.ParseIP(u.Hostname()); s != "" && u.Scheme != "https" && u.Hostname() != "localhost" && !ip.IsLoopback() {
			return fmt.Errorf("the issuer's address %s must begin with https", s)
		}
	}
	return nil
}

// sparing asks an issuer only so often. A token may name any key, and each
// unknown one would be asked for: strangers could turn the gateway on the issuer.
type sparing struct{ limit *rate.Limiter }

func (s sparing) RoundTrip(r *http.Request) (*http.Response, error) {
	if !s.limit.Allow() {
		return nil, errors.New("the issuer was asked often enough just now")
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body := answer.Body
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(body, maxAnswer), body}
	return answer, nil
}
