package identity

import (
	"errors"
	"io"
	"net/http"
	"strings"
)

// Cookie is the name of the cookie a browser's token is in.
const Cookie = "openbook"

// Whatever is wrong, this is all a stranger learns; the log has the reason.
const unauthenticated = `{"errors":[{"message":"Sign in first: send a valid token as \"Authorization: Bearer …\", or open /signin in a browser.","extensions":{"code":"UNAUTHENTICATED"}}]}` + "\n"

// Require lets in only requests with a valid token, and puts the person it was
// issued to into their context.
func (v *Verifier) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := v.Identify(r)
		if err != nil {
			v.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(With(r.Context(), p)))
	})
}

func (v *Verifier) refuse(w http.ResponseWriter, r *http.Request, reason error) {
	v.log.InfoContext(r.Context(), "a request was not let in", "reason", clip(reason.Error()), "path", clip(r.URL.Path))
	h := w.Header()
	h.Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = io.WriteString(w, unauthenticated) // a client that is gone misses nothing
}

// Identify returns who sent r, [ErrNobody] if r does not say, or another error,
// which is for the log alone.
func (v *Verifier) Identify(r *http.Request) (Person, error) {
	token, err := credential(r)
	if err != nil {
		return Person{}, err
	}
	return v.Verify(r.Context(), token)
}

// credential is the one token r bears.
func credential(r *http.Request) (string, error) {
	bearer, err := bearer(r)
	if err != nil {
		return "", err
	}
	var cookie string
	for _, c := range r.CookiesNamed(Cookie) {
		if cookie != "" && c.Value != cookie {
			return "", errors.New("two cookies that differ")
		}
		cookie = c.Value
	}
	switch {
	case bearer == "" && cookie == "":
		return "", ErrNobody
	case cookie == "":
		return bearer, nil
	case bearer != "" && bearer != cookie:
		return "", errors.New("a token and a cookie that differ")
	case bearer == "":
		return cookie, fromOurPages(r)
	}
	return bearer, nil
}

func bearer(r *http.Request) (string, error) {
	switch headers := r.Header.Values("Authorization"); len(headers) {
	case 0:
		return "", nil
	case 1:
		scheme, token, _ := strings.Cut(headers[0], " ")
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			return "", errors.New("an Authorization header without a bearer token")
		}
		return token, nil
	default:
		return "", errors.New("two Authorization headers")
	}
}

// fromOurPages refuses what another page made the browser send: a browser adds
// the cookie by itself, and to it another port of this machine is the same
// site. Following a link is not another page's doing; it can change nothing.
func fromOurPages(r *http.Request) error {
	if err := new(http.CrossOriginProtection).Check(r); err != nil {
		return err
	}
	site := r.Header.Get("Sec-Fetch-Site")
	ours := site == "" || site == "same-origin" || site == "none"
	if !ours && r.Header.Get("Sec-Fetch-Mode") != "navigate" {
		return errors.New("a cookie sent on behalf of another origin")
	}
	return nil
}
