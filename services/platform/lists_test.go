package platform_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
)

// Lists as tables come from the same door, to the same people.
func TestListsAsTables(t *testing.T) {
	t.Parallel()
	s, c := twoSystems(t)
	fetch := func(path, token string, header ...string) (int, string, http.Header) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.at()+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		if len(header) == 2 {
			r.Header.Set(header[0], header[1])
		}
		answer, err := web.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body), answer.Header
	}
	if status, body, _ := fetch("/csv/networks", ""); status != http.StatusUnauthorized || strings.Contains(body, "U99001") {
		t.Errorf("a stranger is answered %d %s", status, body)
	}
	now := c.do(t, "renameNetwork", input{"code": "U99001", "name": "=Renamed", "wait": "RECORDED"})
	status, body, header := fetch("/csv/networks?system=QZ1", c.token, "Openbook-After", now.Position)
	if status != http.StatusOK || !strings.Contains(body, "\r\nU99001,'=Renamed,true,") || header.Get("Openbook-As-Of") < now.Position {
		t.Errorf("the networks of QZ1, after %s, are %d %v %s", now.Position, status, header, body)
	}
	other := s.as(t, "other", ask.Grant{Role: ask.PCN, Of: "network-U99002"})
	if status, body, _ := fetch("/csv/memberships", other.token); status != http.StatusOK || strings.Contains(body, "Z99001") || !strings.Contains(body, "Z99002,Practice,U99002,Network,2019-08-07") {
		t.Errorf("the memberships of one's own are %d %s", status, body)
	}
	if status, body, _ := fetch("/csv/memberships?system=QZ1", other.token); status != http.StatusForbidden || !strings.Contains(body, "OTHER_SYSTEM") {
		t.Errorf("the memberships of another system are %d %s", status, body)
	}
	// a cookie that another site makes the browser send is nobody's
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.at()+"/csv/networks", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "openbook", Value: c.token})
	for site, want := range map[string]int{"same-origin": http.StatusOK, "cross-site": http.StatusUnauthorized} {
		r.Header.Set("Sec-Fetch-Site", site)
		answer, err := web.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("a cookie from %s is answered %d", site, answer.StatusCode)
		}
	}
}
