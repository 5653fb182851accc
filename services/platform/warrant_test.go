package platform_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"
	natsgo "github.com/nats-io/nats.go"

	"github.com/ics-openbook/openbook/services/platform/natsd"
)

// warrant is the gateway's word for an ask, as somebody would forge it who has
// read the source.
func warrant(t *testing.T, key any, algorithm jose.SignatureAlgorithm, typ, subject, input string, expires time.Time) string {
	t.Helper()
	return warrantFor(t, key, algorithm, typ, subject, subject, input, expires)
}

// warrantFor is for one subject and of the hash of a request to another.
func warrantFor(t *testing.T, key any, algorithm jose.SignatureAlgorithm, typ, named, subject, input string, expires time.Time) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, (&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "%s\n%s", subject, input))
	token, err := jwt.Signed(s).Claims(map[string]any{
		"ask": named, "jti": uuid.NewString(), "hash": base64.RawURLEncoding.EncodeToString(hash[:]),
		"sub": "person-forger", "grants": []map[string]string{{"role": "steward", "of": "england"}}, "after": "0",
		"exp": expires.Unix(),
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// A service believes the gateway's signature and nothing else, not even the
// gateway's own place on NATS.
func TestAnAskWithoutTheGatewaysWarrantRecordsNothing(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ1", "name": "Demonstration"})
	c.do(t, "registerNetwork", input{"code": "U99001", "name": "North", "system": "QZ1"})

	login := natsd.Login{URL: f.config("gateway").NATS, User: "gateway", Password: f.config("gateway").NATSPassword, Log: slog.New(slog.DiscardHandler)}
	nc, err := natsd.Connect(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	b, err := os.ReadFile(f.config("gateway").SigningKey)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(b)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key := parsed.(ed25519.PrivateKey)
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	const (
		typ     = "openbook-warrant+jwt"
		subject = "ask.network.rename_network"
		request = `{"code":"U99001","name":"Forged"}`
	)
	soon := time.Now().Add(time.Minute)
	good := warrant(t, key, jose.EdDSA, typ, subject, request, soon)
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"`+typ+`"}`)) + good[len(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA","typ":"`+typ+`"}`))):]
	ask := func(subject, warrant string) *natsgo.Msg {
		t.Helper()
		m := natsgo.NewMsg(subject)
		m.Data = []byte(request)
		if warrant != "" {
			m.Header.Set("Openbook-Warrant", warrant)
		}
		answer, err := nc.RequestMsg(m, patience)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	before := caughtUp(t, c)
	for name, forged := range map[string]string{
		"missing":                    "",
		"not a token":                "x.y.z",
		"unsigned":                   none,
		"signed by a stranger":       warrant(t, stranger, jose.EdDSA, typ, subject, request, soon),
		"signed with the public key": warrant(t, []byte(key.Public().(ed25519.PublicKey)), jose.HS256, typ, subject, request, soon),
		"of another kind":            warrant(t, key, jose.EdDSA, "JWT", subject, request, soon),
		"for another subject":        warrant(t, key, jose.EdDSA, typ, "ask.network.rename_system", request, soon),
		"for another subject alone":  warrantFor(t, key, jose.EdDSA, typ, "ask.network.rename_system", subject, request, soon),
		"for other input":            warrant(t, key, jose.EdDSA, typ, subject, `{"code":"U99001","name":"Honest"}`, soon),
		"expired":                    warrant(t, key, jose.EdDSA, typ, subject, request, time.Now().Add(-time.Minute)),
	} {
		if code := ask(subject, forged).Header.Get("Nats-Service-Error-Code"); code != "UNWARRANTED" {
			t.Errorf("an ask whose warrant is %s is answered with the code %q", name, code)
		}
	}
	if code := ask("ask.network.rename_practice", good).Header.Get("Nats-Service-Error-Code"); code != "UNWARRANTED" {
		t.Errorf("a warrant taken elsewhere is answered with the code %q", code)
	}
	if after := caughtUp(t, c); after != before {
		t.Errorf("%d entries before, %d after", before, after)
	}
	// And this test forges well enough: the true key opens.
	var receipt struct{ Entries int }
	if answer := ask(subject, good); json.Unmarshal(answer.Data, &receipt) != nil || receipt.Entries != 1 {
		t.Errorf("the gateway's own warrant is answered %s", answer.Data)
	}
}

// While the book stands still, a service takes what it can hold and refuses the
// rest at once. When the book goes on, so does everybody.
func TestAServiceThatHasItsHandsFullSaysBusy(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	l := newLoad(t, f.site, 1)
	c := l.clients[0]
	const many = 640 // more than a service holds
	if err := f.book.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	answers := map[string]int{}
	busy := make(chan struct{})
	var once sync.Once
	var clients sync.WaitGroup
	for i := range many {
		name := fmt.Sprintf("r-0-%d", i)
		l.sent[name] = input{"code": loadNetwork(i), "name": name, "idempotencyKey": name}
	}
	for name, in := range l.sent {
		clients.Go(func() {
			d, a, err := c.submit(t.Context(), "renameNetwork", in)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil || len(a.Errors) > 0:
				t.Errorf("%s: %v %s", name, err, a.body)
			case d.Receipt != nil:
				answers["RECEIPT"]++
				l.acked[name] = *d.Receipt
			default:
				for _, code := range d.codes() {
					answers[code]++
				}
				if slices.Contains(d.codes(), "BUSY") {
					once.Do(func() { close(busy) })
				}
			}
		})
	}
	select {
	case <-busy:
	case <-time.After(8 * time.Second):
		t.Errorf("of %d asks nobody is told BUSY while the book stands still", many)
	}
	c.says(t, `{ network(code: "`+loadNetwork(0)+`") { name } }`, `{"network":{"name":"New"}}`)
	if err := f.book.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	clients.Wait()
	t.Logf("answers: %v", answers)
	for code := range answers {
		if code != "RECEIPT" && !slices.Contains(transient, code) {
			t.Errorf("%d asks are answered %s", answers[code], code)
		}
	}
	l.finish(t)
	l.check(t)
}
