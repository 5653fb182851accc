package platform_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/services/contract/importing"
	"github.com/ics-openbook/openbook/services/platform"
)

// amountOf is an amount as an answer has it.
type amountOf struct {
	Value   *string
	Unknown *struct{ Code, OwedBy string }
}

func (a amountOf) String() string {
	switch {
	case a.Value != nil:
		return *a.Value
	case a.Unknown != nil:
		return a.Unknown.Code + " " + a.Unknown.OwedBy
	}
	return "nothing"
}

// published is a platform with a network of 50,000 on all three bases, and the
// contract of 2025/26 as it is shipped.
func published(t *testing.T) (s *site, c client) {
	t.Helper()
	s, _ = up(t, platform.Config{Data: t.TempDir()})
	c = s.as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ1", "name": "System"})
	c.do(t, "registerNetwork", input{"code": "U99001", "name": "Network", "system": "QZ1"})
	c.do(t, "registerPractice", input{"code": "Z99001", "name": "Practice", "system": "QZ1"})
	c.do(t, "joinNetwork", input{"practice": "Z99001", "network": "U99001", "from": "2019-07-01"})
	for _, basis := range []string{"REGISTERED", "ADJUSTED", "WEIGHTED"} {
		c.do(t, "recordListSize", input{"practice": "Z99001", "basis": basis, "on": "2025-01-01", "patients": 50_000})
	}
	shipped, err := importing.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range shipped {
		if d.Ask.Year != "2025/26" {
			continue
		}
		for _, l := range d.Ask.Streams {
			c.do(t, "listStream", input{"year": d.Ask.Year, "key": l.Key, "title": l.Title, "payee": l.Payee, "source": l.Source, "confidence": l.Confidence})
		}
		for _, l := range d.Ask.Lines {
			c.do(t, "setRate", input{
				"year": d.Ask.Year, "key": l.Key, "stream": l.StreamKey, "basis": l.Basis, "rate": l.Rate, "per": l.Per, "from": l.From, "to": l.To,
				"maximum": l.Maximum, "source": l.Source, "confidence": l.Confidence,
			})
		}
	}
	return s, c
}

const entitled = `{ network(code: "U99001") { funding(year: "2025/26") {
	streams { key upTo stages { entitled { value unknown { code owedBy } } } lines { key quantity amount { value passport { arithmetic } } } }
	practices { holder streams { key stages { entitled { value unknown { code owedBy } } } } }
	changes { lines { line was is difference } }
} } }`

type entitledAnswer struct {
	Network struct {
		Funding struct {
			Streams []struct {
				Key    string
				UpTo   bool
				Stages struct{ Entitled amountOf }
				Lines  []struct {
					Key      string
					Quantity *int
					Amount   struct {
						Value    *string
						Passport *struct{ Arithmetic string }
					}
				}
			}
			Practices []struct {
				Holder  string
				Streams []struct {
					Key    string
					Stages struct{ Entitled amountOf }
				}
			}
			Changes []struct {
				Lines []struct{ Line, Was, Is, Difference string }
			}
		}
	}
}

// What a network of 50,000 is entitled to in 2025/26, to the penny; and again
// when a rate is corrected.
func TestEntitlements(t *testing.T) {
	t.Parallel()
	s, c := published(t)
	want := map[string]string{
		"core": "149950.00", "enhanced_access": "421350.00", "casp": "160400.00", "caip": "68750.00", "arrs_sum": "1331550.00",
		"care_home_premium": "NOT_STATED system-QZ1",
	}
	streams := func(of entitledAnswer) map[string]string {
		all := map[string]string{}
		for _, s := range of.Network.Funding.Streams {
			all[s.Key] = s.Stages.Entitled.String()
		}
		return all
	}
	holds := func(want map[string]string) (got entitledAnswer) {
		t.Helper()
		soon(t, func() bool {
			got = read[entitledAnswer](t, c, entitled)
			for key, amount := range want {
				if streams(got)[key] != amount {
					return false
				}
			}
			return true
		}, func() any { return streams(got) })
		return got
	}
	got := holds(want)
	of := got.Network.Funding
	if len(of.Practices) != 1 || len(of.Practices[0].Streams) != 1 || of.Practices[0].Streams[0].Stages.Entitled.String() != "88050.00" {
		t.Errorf("practices' participation is %+v", of.Practices)
	}
	for _, s := range of.Streams {
		if s.UpTo != (s.Key == "caip" || s.Key == "iif") && s.Stages.Entitled.Value != nil {
			t.Errorf("%s is up to so much: %t", s.Key, s.UpTo)
		}
		for _, l := range s.Lines {
			if l.Key == "core-registered" && l.Amount.Passport.Arithmetic != "50000 × £2.266 = £113300.00" {
				t.Errorf("its arithmetic is %q", l.Amount.Passport.Arithmetic)
			}
		}
	}

	commissioner := s.as(t, "commissioner", ask.Grant{Role: ask.Commissioner, Of: "system-QZ1"})
	commissioner.do(t, "stateQuantity", input{"network": "U99001", "year": "2025/26", "line": "care_home_premium-beds", "quantity": 87, "source": "CQC Care Directory, April 2025"})
	want["care_home_premium"] = "11332.01"
	holds(want)
	own := input{"network": "U99001", "year": "2025/26", "line": "care_home_premium-beds", "quantity": 870, "source": "us"}
	if _, a, err := s.as(t, "manager", ask.Grant{Role: ask.PCN, Of: "network-U99001"}).submit(t.Context(), "stateQuantity", own); err != nil || !slices.Equal(a.codes(), []string{"FORBIDDEN"}) {
		t.Errorf("a network that states its own beds is answered %s, %v", a.body, err)
	}
	if p := commissioner.refused(t, "stateQuantity", input{"network": "U99001", "year": "2025/26", "line": "core-registered", "quantity": 9, "source": "us"}); p[0].Code != "LINE_COUNTED" {
		t.Errorf("patients who are stated are refused %v", p)
	}

	c.do(t, "setRate", input{
		"year": "2025/26", "key": "enhanced_access-adjusted", "stream": "enhanced_access", "basis": "ADJUSTED", "rate": "9.000", "per": "YEAR",
		"from": "2025-10-01", "to": "2026-03-31", "source": "a letter", "confidence": "FOUND",
	})
	want["enhanced_access"] = "435675.00" // half a year at 8.427, half at 9.000
	of = holds(want).Network.Funding
	last := of.Changes[len(of.Changes)-1]
	if len(last.Lines) != 1 || last.Lines[0].Line != "enhanced_access-adjusted" || last.Lines[0].Difference != "14325.00" {
		t.Errorf("the correction changed %+v", last.Lines)
	}
	if a := s.as(t, "stranger", ask.Grant{Role: ask.Board, Of: "system-QZ2"}).ask(t, entitled); !strings.Contains(a.body, "OTHER_SYSTEM") {
		t.Errorf("another system is shown %s", a.body)
	}
}
