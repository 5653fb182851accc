package platform_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	natsgo "github.com/nats-io/nats.go"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/seal"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/platform"
)

const (
	ada    = "Ada Quince-Whitlock"
	called = `{ network(code: "U99001", on: "2026-04-10") { directors { name { value erased unknown { code owedBy } } } deputies { name { value erased } } representatives { name { value unknown { code } } } } }`
)

// everything is a log that forgets nothing.
type everything struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *everything) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *everything) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Contains(l.b.Bytes(), []byte(text))
}

// led is a system with a network that is led by person-a, with the deputy person-b
// and the representative person-r, none of them named.
func led(t *testing.T, c platform.Config) (s *site, stop func(), steward, manager client) {
	t.Helper()
	s, stop = up(t, c)
	steward = s.as(t, "steward", ask.Grant{Role: ask.Steward, Of: ask.England})
	manager = s.as(t, "manager", ask.Grant{Role: ask.PCN, Of: "network-U99001"})
	for _, system := range []string{"QZ1", "QZ2"} {
		steward.do(t, "registerSystem", input{"code": system, "name": "System"})
	}
	for _, network := range []string{"U99001", "U99002"} {
		steward.do(t, "registerNetwork", input{"code": network, "name": "Network", "system": "QZ1"})
	}
	manager.do(t, "appointDirector", input{"network": "U99001", "person": "person-a", "share": "1", "from": "2026-04-01"})
	manager.do(t, "nameDeputy", input{"network": "U99001", "person": "person-b", "from": "2026-04-01"})
	steward.do(t, "mandateRepresentative", input{"system": "QZ1", "person": "person-r.1", "body": "Board", "networks": []string{"U99001"}, "from": "2026-04-01"})
	return s, stop, steward, manager
}

func says(director string) string {
	return `{"network":{"directors":[{"name":` + director + `}],"deputies":[{"name":{"value":null,"erased":false}}],"representatives":[{"name":{"value":"Rhys","unknown":null}}]}}`
}

var (
	adaSays = says(`{"value":"` + ada + `","erased":false,"unknown":null}`)
	nobody  = says(`{"value":null,"erased":true,"unknown":null}`)
	keyless = says(`{"value":null,"erased":false,"unknown":{"code":"NAME_KEY_MISSING","owedBy":null}}`)
)

// named names person-a and person-r.1.
func named(t *testing.T, c client) receipt {
	t.Helper()
	c.do(t, "namePerson", input{"network": "U99001", "person": "person-r.1", "name": "Rhys"})
	return c.do(t, "namePerson", input{"network": "U99001", "person": "person-a", "name": ada})
}

func TestANameIsInTheBookSealedAlone(t *testing.T) {
	t.Parallel()
	log, data := &everything{}, t.TempDir()
	s, stop, steward, manager := led(t, platform.Config{Data: data, Log: log, LogLevel: slog.LevelDebug})
	steward.says(t, called, `{"network":{"directors":[{"name":{"value":null,"erased":false,"unknown":{"code":"NAME_NOT_RECORDED","owedBy":"network-U99001"}}}],"deputies":[{"name":{"value":null,"erased":false}}],"representatives":[{"name":{"value":null,"unknown":{"code":"NAME_NOT_RECORDED"}}}]}}`)
	named(t, manager)
	board := s.as(t, "board", ask.Grant{Role: ask.Board, Of: "system-QZ1"})
	for range 2 { // the second time too, when an answer might have been kept
		board.says(t, called, adaSays)
	}
	if a := s.as(t, "other", ask.Grant{Role: ask.Steward, Of: "system-QZ2"}).ask(t, called); !slices.Contains(a.codes(), "OTHER_SYSTEM") || bytes.Contains([]byte(a.body), []byte(ada)) {
		t.Errorf("another system is answered %s", a.body)
	}

	// once is once, also where a hash of the name is not kept
	in := input{"network": "U99001", "person": "person-b", "name": "Ben Rowe", "idempotencyKey": "one"}
	first := manager.do(t, "namePerson", in)
	if again := manager.do(t, "namePerson", in); again.recorded() != first.recorded() {
		t.Errorf("the same again: %+v, not %+v", again, first)
	}
	if no := manager.refused(t, "namePerson", with(in, input{"name": "Bea Rowe"})); no[0].Code != "IDEMPOTENCY_CONFLICT" {
		t.Errorf("another name under the same key: %+v", no)
	}
	if already := manager.do(t, "namePerson", with(in, input{"idempotencyKey": "two"})); already.Entries != 0 {
		t.Errorf("the same name under another key: %+v", already)
	}
	for who, of := range map[string]string{"person-z": "U99001", "person-a": "U99002"} {
		if no := steward.refused(t, "namePerson", input{"network": of, "person": who, "name": "Zoe"}); no[0].Code != "PERSON_UNKNOWN" {
			t.Errorf("%s of %s is named: %+v", who, of, no)
		}
	}
	steward.do(t, "erasePerson", input{"system": "QZ1", "person": "person-b", "reason": "MISTAKE"})

	hashes := 0
	for _, f := range all(t, s) {
		switch f.Type {
		case fact.PersonNamed{}.EventType():
			var e fact.PersonNamed
			if err := json.Unmarshal(f.Data, &e); err != nil || e.Name.Person != e.Person || len(e.Name.Box) == 0 {
				t.Errorf("%s: %v", f.Data, err)
			}
			for _, name := range []string{ada, "Rhys", "Ben Rowe"} {
				if f.AskHash == guess("ask.network.name_person", fmt.Sprintf(`{"network":"U99001","person":%q,"name":%q}`, e.Person, name)) {
					t.Errorf("the book tells %s to whoever guesses it", name)
				}
			}
			hashes++
		case fact.PersonErased{}.EventType(): // the guess is made as hashes are
			if want := guess("ask.network.erase_person", `{"system":"QZ1","person":"person-b","reason":"MISTAKE"}`); f.AskHash != want {
				t.Errorf("the hash of an ask is %s, and is guessed as %s", f.AskHash, want)
			}
			hashes++
		}
	}
	if hashes != 4 {
		t.Errorf("%d entries are about persons", hashes)
	}
	stop()
	for _, name := range []string{ada, "Ben Rowe", "Bea Rowe"} {
		if log.has(name) {
			t.Errorf("the log has %s", name)
		}
		err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if bytes.Contains(content, []byte(name)) {
				t.Errorf("%s has %s", path, name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if !log.has("service=book") {
		t.Error("there is no log")
	}
}

func all(t *testing.T, s *site) (facts []events.Recorded) {
	t.Helper()
	nc, err := s.join(t.Context(), "network")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	for r, err := range remote.New(nc).ReadAll(t.Context(), events.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		facts = append(facts, r)
	}
	return facts
}

func guess(subject, input string) string {
	sum := sha256.Sum256([]byte(subject + "\n" + input))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestAnErasureIsForEverAndTheProofStays(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s, stop, steward, manager := led(t, platform.Config{Data: data})
	entry := named(t, manager)
	steward.says(t, called, adaSays)
	kept := receiptOf(t, manager, entry.ID) // who asked has the entry, sealed, in it
	keys := file(t, filepath.Join(data, "book.pub"))
	sealed := proven(t, keys, kept)
	backup := filepath.Join(t.TempDir(), "backup")
	if _, err := platform.Backup(t.Context(), platform.Config{Data: data}, backup, func(uint64, uint64) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(backup, "keys.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the backup of the book has the keys: %v", err)
	}
	before := file(t, filepath.Join(data, "keys.db"))

	if no := s.as(t, "other", ask.Grant{Role: ask.Steward, Of: "system-QZ2"}).refused(t, "erasePerson", input{"system": "QZ2", "person": "person-a", "reason": "REQUESTED"}); no[0].Code != "PERSON_UNKNOWN" {
		t.Errorf("another system erases: %+v", no)
	}
	erased := steward.do(t, "erasePerson", input{"system": "QZ1", "person": "person-a", "reason": "REQUESTED"})
	past := fmt.Sprintf(`asAt: %q, on:`, entry.Time.Format("2006-01-02T15:04:05.999999999Z07:00"))
	for _, document := range []string{called, string(bytes.Replace([]byte(called), []byte("on:"), []byte(past), 1))} {
		steward.says(t, document, nobody)
	}
	if no := manager.refused(t, "namePerson", input{"network": "U99001", "person": "person-a", "name": ada}); no[0].Code != "PERSON_ERASED" {
		t.Errorf("somebody erased is named: %+v", no)
	}
	if again := steward.do(t, "erasePerson", input{"system": "QZ1", "person": "person-a", "reason": "MISTAKE"}); again.Entries != 0 {
		t.Errorf("erased twice: %+v", again)
	}
	soon(t, func() bool { return errors.Is(unsealed(t, data, sealed), seal.ErrErased) }, func() any { return unsealed(t, data, sealed) })

	// the receipt that was kept, and one that is made now
	proven(t, keys, kept)
	if now := proven(t, keys, receiptOf(t, manager, entry.ID)); !bytes.Equal(now.Box, sealed.Box) {
		t.Error("the entry is another now")
	}
	proven(t, keys, receiptOf(t, steward, erased.ID))

	// keys from before the erasure are put back, and all that can be made again is
	stop()
	if err := platform.Rebuild(t.Context(), platform.Config{Data: data}, func(uint64, uint64) {}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "keys.db"), before, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unsealed(t, data, sealed); err != nil {
		t.Fatalf("the keys put back do not open the name: %v", err)
	}
	s, stop = up(t, platform.Config{Data: data})
	s.as(t, "steward", ask.Grant{Role: ask.Steward, Of: ask.England}).says(t, called, nobody)
	if err := unsealed(t, data, sealed); !errors.Is(err, seal.ErrErased) {
		t.Errorf("after a start with old keys, the name: %v", err)
	}
	stop()

	// a book from before the erasure is restored: beside the keys, and without any
	for want, keep := range map[string]bool{nobody: true, keyless: false} {
		c := platform.Config{Data: t.TempDir()}
		if _, err := platform.Restore(t.Context(), backup, c, false, func(uint64, uint64) {}); err != nil {
			t.Fatal(err)
		}
		if keep {
			if err := os.WriteFile(filepath.Join(c.Data, "keys.db"), file(t, filepath.Join(data, "keys.db")), 0o600); err != nil {
				t.Fatal(err)
			}
		} else {
			want = string(bytes.Replace([]byte(want), []byte(`"value":"Rhys","unknown":null`), []byte(`"value":null,"unknown":{"code":"NAME_KEY_MISSING"}`), 1))
		}
		if err := os.WriteFile(filepath.Join(c.Data, "book.key"), file(t, filepath.Join(data, "book.key")), 0o600); err != nil {
			t.Fatal(err)
		}
		s, stop := up(t, c)
		s.as(t, "steward", ask.Grant{Role: ask.Steward, Of: ask.England}).says(t, called, want)
		stop()
	}
}

// proven verifies a receipt offline, and returns the name in its entry.
func proven(t *testing.T, keys []byte, r proof.Receipt) events.Sealed {
	t.Helper()
	trusted, err := proof.ParseKeys(keys)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Verify(trusted); err != nil {
		t.Errorf("the receipt does not verify: %v", err)
	}
	leaf, err := proof.ParseLeaf(r.Entry)
	if err != nil {
		t.Fatal(err)
	}
	var e fact.PersonNamed
	if err := json.Unmarshal(leaf.Data, &e); err != nil {
		t.Fatal(err)
	}
	return e.Name
}

// unsealed is what keeps the keys of a data folder from opening a name.
func unsealed(t *testing.T, data string, name events.Sealed) error {
	t.Helper()
	keys, err := seal.Open(filepath.Join(data, "keys.db"), clock.System)
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	_, err = keys.Unseal(t.Context(), name)
	return err
}

func file(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Whoever may speak to the service has no name opened, but for the gateway's word.
func TestANameIsUnsealedForTheGatewayAlone(t *testing.T) {
	t.Parallel()
	s, _, _, manager := led(t, platform.Config{Data: t.TempDir()})
	entry := named(t, manager)
	var e fact.PersonNamed
	for _, f := range all(t, s) {
		if string(f.ID) == entry.ID {
			if err := json.Unmarshal(f.Data, &e); err != nil {
				t.Fatal(err)
			}
		}
	}
	question, err := json.Marshal(network.Unseal{Name: e.Name})
	if err != nil || e.Person != "person-a" {
		t.Fatal(err, e)
	}
	for service, reached := range map[string]bool{"gateway": true, "network": true, "funding": false, "contract": false, "workforce": false} {
		nc, err := s.join(t.Context(), service)
		if err != nil {
			t.Fatal(err)
		}
		reply, err := nc.Request(network.UnsealSubject, question, patience)
		switch {
		case reached && (err != nil || !bytes.Contains(reply.Data, []byte("UNWARRANTED")) || bytes.Contains(reply.Data, []byte(ada))):
			t.Errorf("%s is answered %v, %v", service, reply, err)
		case !reached && !errors.Is(err, natsgo.ErrNoResponders):
			t.Errorf("%s reaches the keys: %v, %v", service, reply, err)
		}
		nc.Close()
	}
}
