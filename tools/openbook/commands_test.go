package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
)

const (
	uuid    = `[0-9a-f-]{36}`
	instant = `\d{4}-\d\d-\d\dT[0-9:.]+Z`
	receipt = `\nreceipt ` + uuid + ` of ` + instant
)

func TestReadAndWrite(t *testing.T) {
	p := newPlace(t)
	platform := p.up(t)
	p.check(t, []expect{
		{args: "networks", out: `There are none in the book\.`},
		{args: "register|system|QZ1|Demonstration|--region|Y59", out: `Recorded as entry 1, visible\.` + receipt},
		{args: "register|place|QZ1|WEST|West", out: `Recorded as entry 2, visible\.` + receipt},
		{args: "register|network|U99001|North|--system|QZ1|--place|WEST", out: `Recorded as entry 3, visible\.` + receipt},
		{args: "register|practice|Z99001|Mill Lane Surgery|--system|QZ1", out: `Recorded as entry 4, visible\.` + receipt},
		{args: "join Z99001 U99001 --from 2026-04-01 --key k1", out: `Recorded as entry 5, visible\.` + receipt},
		{args: "join Z99001 U99001 --from 2026-04-01 --key k1", out: `Recorded as entry 5, visible\.` + receipt},
		{args: "join Z99001 U99001 --from 2026-04-01", out: `So it was already, since entry 5\.` + receipt},
		{args: "rename|system|QZ1|Sampleshire", out: `Recorded as entry 6, .*`},
		{args: "rename|place|QZ1|WEST|West and Hills", out: `Recorded as entry 7, .*`},
		{args: "rename|network|U99001|North and Coast", out: `Recorded as entry 8, .*`},
		{args: "rename|practice|Z99001|The Mill", out: `Recorded as entry 9, .*`},
		{args: "show system QZ1", out: "system +QZ1 +Sampleshire\nregion +Y59\nplace +WEST +West and Hills\nnetworks +1\npractices +1"},
		{args: "show network U99001", out: "network +U99001 +North and Coast\nsystem +QZ1 +Sampleshire\nplace +WEST +West and Hills\npractices +1\n\n" +
			"PRACTICE  NAME      SINCE       LAST DAY\nZ99001    The Mill  2026-04-01"},
		{args: "show network U99001 --on 2026-03-31", out: ".*practices +0"},
		{args: "show practice Z99001", out: "practice +Z99001 +The Mill\nsystem +QZ1 +Sampleshire\nnetwork +U99001 +North and Coast\n\nNETWORK .*\nU99001 +North and Coast +2026-04-01"},
		{args: "leave Z99001 U99001 --last-day 2026-09-30", out: `Recorded as entry 10, .*`},
		{args: "show practice Z99001 --on 2026-10-01", out: `.*network +none.*2026-04-01 +2026-09-30`},
		{args: "networks --system QZ1", out: "NETWORK  NAME             SYSTEM       PLACE           PRACTICES\nU99001   North and Coast  Sampleshire  West and Hills  [01]"},
		{args: "networks --json", out: `\[\n  \{\n.*"code": "U99001",.*\]`},
		{args: "entries U99001", out: `ENTRY  RECORDED.*\n3 .*network\.network_registered\.v1 +person-sample-steward +\{.*\n5 .*joined.*\n8 .*\n10 .*left.*`},
		{args: "entries place-QZ1-WEST", out: `ENTRY.*\n7 .*`},
		{args: "entries U99005", out: `The book says nothing of U99005\.`},
		{args: "doctor", out: `The platform is well\.\n\nrecorded  10\nrelayed   10\nvisible   10\nbehind    0 entries, 0s\nparked    0`},
		{args: "doctor --json", out: `\{.*"findings": \[\]\n\}`},
		{args: "token --as pcn", out: `\S+\.\S+\.\S+`},
		// outside their own system people see what a directory would have
		{args: "show network U99001 --as pcn:network-U99777", out: `.*practices +\d\n\nIts members are open to those who belong to system QZ1\.`},
		{args: "show practice Z99001 --as pcn:network-U99777", out: `.*\n\nIts memberships are open to those who belong to system QZ1\.`},
	})

	var r client.Receipt
	if got := p.openbook(t, "rename", "system", "QZ1", "Other", "--json"); json.Unmarshal([]byte(got.out), &r) != nil || r.Ordinal != 11 || !r.Visible {
		t.Errorf("%+v", got)
	}
	entries := p.openbook(t, "entries", "U99001")
	renamed := strings.Fields(strings.Split(entries.out, "\n")[3])[1]
	if got := p.openbook(t, "show", "network", "U99001", "--as-at", renamed); !strings.Contains(got.out, "North and Coast") {
		t.Errorf("as at %s: %+v", renamed, got)
	}
	joined := strings.Fields(strings.Split(entries.out, "\n")[2])[1]
	if got := p.openbook(t, "show", "network", "U99001", "--as-at", joined); strings.Contains(got.out, "Coast") || !strings.Contains(got.out, "North") {
		t.Errorf("as at %s: %+v", joined, got)
	}
	if got := platform.stop(t); got.code != done || got.out != "Stopped." || got.err != "" {
		t.Errorf("%+v", got)
	}
}

func TestRefusals(t *testing.T) {
	p := newPlace(t)
	p.check(t, []expect{
		{args: "networks", code: notDone, err: "No platform has run in the folder openbook-data\\. Start one by `openbook up`, or name the folder of another by --data; elsewhere, say who you are by --token-file\\."},
		{args: "token", code: notDone, err: "No platform has run in the folder openbook-data\\. .*by --data\\."},
		{args: "rebuild", code: notDone, err: "No platform has run in the folder openbook-data\\. .*by --data\\."},
		{args: "networks --token x --url http://127.0.0.1:1", code: notDone, err: "No platform answers at http://127\\.0\\.0\\.1:1\\. Start one by `openbook up`, or name another by --url\\."},
	})
	p.up(t)
	p.sample(t)
	file := filepath.Join(p.dir, "expired")
	if err := os.WriteFile(file, []byte("not.a.token\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := httptest.NewUnstartedServer(http.NotFoundHandler())
	other.Config.ErrorLog = log.New(io.Discard, "", 0)
	other.StartTLS()
	defer other.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	p.check(t, []expect{
		{args: "register|network|U1|North|--system|QZ1", code: notDone, err: `CODE: "U1" is not the code of a Primary Care Network\. It looks like U12345\.`},
		{args: "register|network|U99002|North|--system|QZ9", code: notDone, err: `--system: There is no system QZ9 in the book\. Register it first, or check the code\.`},
		{args: "register|network|U99001|South|--system|QZ1", code: notDone, err: `CODE: Network U99001 is in the book already, as “North” in system QZ1\. To change its name, rename it\.`},
		{args: "register|system|X| |--region|north", code: notDone, err: `NAME: A name is missing.*\nCODE: "X".*\n--region: "north" is not .*`},
		{args: "rename|place|QZ1|EAST|East", code: notDone, err: `CODE: System QZ1 has no place EAST\..*`},
		{args: "join Z99001 U99001 --from 2026-05-01", code: notDone, err: `--from: Practice Z99001 is in network U99001 since 2026-04-01\. .*`},
		{args: "join Z99001 U99001 --from 2026-05-01 --last-day 2026-04-30", code: notDone, err: `--last-day: The last day, 2026-04-30, is before the first, 2026-05-01\..*`},
		{args: "person name U99001 person-7c9e Nadia", code: notDone, err: `PERSON: person-7c9e has never led U99001 nor spoken for it.*`},
		{args: "person name U99001 Nadia Nadia", code: notDone, err: `PERSON: A person is named by a reference .*`},
		{args: "person erase QZ1 person-7c9e REQUESTED", code: notDone, err: `PERSON: person-7c9e has never led a network of QZ1 .*`},
		{args: "person erase QZ1 person-7c9e BECAUSE", code: notDone, err: `BECAUSE is not a valid ErasureReason.*`},
		{args: "leave Z99001 U99002", code: notDone, err: `NETWORK: Practice Z99001 is not in network U99002 .*`},
		{args: "leave Z99001 U99001 --last-day 2026-03-01", code: notDone, err: `--last-day: Practice Z99001 joined network U99001 on 2026-04-01\..*`},
		{args: "rename|system|QZ1|A|--key|k", out: `Recorded.*`},
		{args: "rename|system|QZ1|B|--key|k", code: notDone, err: `--key: This idempotency key was used before with other input\..*`},
		{args: "rename|system|QZ1|B|--as|pcn", code: notDone, err: `Your roles do not allow this\. It may be done by: steward\.`},
		{args: "entries Z99001 --as pcn:network-U99777", code: notDone, err: `This is open to those who belong to .*`},
		{args: "show network U99009", code: notDone, err: `The book knows no network U99009: register it first, or check the code\.`},
		{args: "show network U99001 --as-at 2019-07-01T00:00:00Z", code: notDone, err: `The book knew no network U99001 at 2019-07-01T00:00:00\.000000Z\.`},
		{args: "show practice U99001", code: notDone, err: `"U99001" is not the code of a GP practice\. It looks like A81001\.`},
		{args: "networks --token-file expired", code: notDone, err: "The platform at http://\\S+ does not accept your token: .*by --token-file.*"},
		{args: "networks --as nobody", code: notDone, err: `No token to send: nobody is "nobody": say steward, ics-finance, .*pcn:network-U99002\.`},
		{args: "networks --token-file nowhere", code: misread, err: `--token-file: there is no file nowhere\..*`},
		{args: "networks --ca expired", code: misread, err: `There is no certificate in .*`},
		{args: "networks --ca nowhere", code: notDone, err: `nowhere: no such file or directory\.`},
		{args: "networks --url " + plain.URL, code: notDone, err: `What answers at \S+ is not a platform\. Check --url\.`},
		{args: "networks --url " + other.URL, code: notDone, err: `Nobody this machine trusts vouches for \S+\. Name the authority's certificate by --ca\.`},
		{args: "token --link --url " + plain.URL, code: notDone, err: `People sign in to the platform at \S+ elsewhere: .*`},
		{args: "watch network U99009", code: notDone, err: `There is no network U99009 in the book\..*`},
		{args: "up --data other --listen " + strings.TrimPrefix(plain.URL, "http://"), code: notDone, err: `127\.0\.0\.1:\d+ is taken by another process: stop that, or choose another address by --\w+\.`},
		{args: "up", code: notDone, err: `The book is open in another process: process \d+ holds \S+; stop it, or use another folder\.`},
		{args: "rebuild", code: notDone, err: `Nothing was removed: the book is open in another process: process \d+ holds .*`},
		{args: "up --data other --listen 0.0.0.0:0 --admin 127.0.0.1:0", code: notDone, err: `.*can be reached from other machines.*`},
	})
}

func TestMisread(t *testing.T) {
	p := newPlace(t)
	if err := os.WriteFile(filepath.Join(p.dir, "openbook.yaml"), []byte("url: http://x\nurll: http://y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	see := func(command string) string { return "\nSee `openbook" + command + " --help`\\." }
	p.check(t, []expect{
		{args: "upp", code: misread, err: `There is no command "openbook upp": did you mean "openbook up"\?` + see("")},
		{args: "zebra", code: misread, err: `There is no command "openbook zebra"\.` + see("")},
		{args: "register netwrk", code: misread, err: `There is no command "openbook register netwrk": did you mean "openbook register network"\?` + see(" register")},
		{args: "register system QZ1", code: misread, err: `NAME is missing\.\nUse: openbook register system CODE NAME \[flags\]` + see(" register system")},
		{args: "register system", code: misread, err: `CODE and NAME are missing\..*`},
		{args: "register system QZ1 Two Words", code: misread, err: `"Words" is one too many: put what has spaces in quotes\..*`},
		{args: "register network U99001 North", code: misread, err: `--system is missing\..*`},
		{args: "up --lisen x", code: misread, err: `There is no flag --lisen: did you mean --listen\?.*`},
		{args: "up -z", code: misread, err: `There is no flag -z\..*`},
		{args: "up --listen", code: misread, err: `--listen is without its value\..*`},
		{args: "up --log-level loud", code: misread, err: `--log-level: "loud" is not a level: write debug, info, warn or error\..*`},
		{args: "token --ttl soon", code: misread, err: `--ttl: "soon" does not fit: write it as 90s, 15m or 2h\..*`},
		{args: "token --ttl -1s", code: misread, err: `--ttl: a token holds for some time, such as 15m\..*`},
		{args: "join Z99001 U99001 --from April", code: misread, err: `--from: "April" is not a date: write it as 2026-04-01\..*`},
		{args: "show network U99001 --as-at noon", code: misread, err: `--as-at: "noon" is not a moment: write it as 2026-04-01T09:30:00Z\..*`},
		{args: "show network U99001 --after ?", code: misread, err: `--after: "\?" is not a position of this book.*`},
		{args: "networks --url nowhere", code: misread, err: `"nowhere" is not the address of a platform.*`},
		{args: "networks --url http://book.example.nhs.uk", code: misread, err: `.*would send your token unencrypted to another machine: write https\..*`},
		{args: "networks --config nowhere.yaml", code: misread, err: `nowhere\.yaml: no such file or directory\..*`},
		{args: "networks --config openbook.yaml", code: misread, err: `openbook\.yaml:2: there is no setting "urll": did you mean "url"\?.*`},
		{args: "serve boook", code: misread, err: `There is no service "boook": it is one of book, network, contract, funding, workforce, gateway\..*`},
		{args: "serve", code: misread, err: `SERVICE is missing\..*`},
		{args: "query", code: misread, err: `The document is missing: .*`},
		{args: "query|{ me { name } }|x", code: misread, err: `"x" is one too many: .*`},
		{args: "query|{ me { name } }|-f|x", code: misread, err: `There are two documents: .*`},
		{args: "query|{ me { name } }|--var|x", code: misread, err: `--var: write "x" as name=value\..*`},
	})
}

// Every command says what it is, and gives an example that begins with itself.
func TestHelp(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || !strings.HasPrefix(c.Example, "  openbook") {
			t.Errorf("%s: %q, for example %q", c.CommandPath(), c.Short, c.Example)
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root())
	p := newPlace(t)
	p.check(t, []expect{
		{args: "", out: `One shared book.*It exits with 0 when done; 1 .*; 2 .*Run a platform:.*Read the book:.*Write in the book:.*`},
		{args: "join --help", out: `Make a practice a member of a network.*openbook join PRACTICE NETWORK.*Examples:.*`},
		{args: "register", out: `Open a part of the book.*`},
		{args: "help register place", out: `Register a place of a system.*`},
		{args: "version", out: `openbook  \S+\ngo  .*`},
		{args: "completion bash", out: `# bash completion.*`},
		{args: "completion zsh", out: `#compdef openbook.*`},
		{args: "completion fish", out: `# fish completion.*`},
		{args: "completion powershell", out: `# powershell completion.*`},
		{args: "__complete|serve|", out: "book\nnetwork\ncontract\nfunding\nworkforce\ngateway\n.*", err: `.*`},
		{args: "__complete|networks|--as|", out: "steward\nics-finance\n.*", err: `.*`},
	})
}

func TestExamine(t *testing.T) {
	for name, c := range map[string]struct {
		status client.Status
		want   []string
	}{
		"well":   {client.Status{Recorded: 7, Relayed: 7, Visible: 7}, nil},
		"busy":   {client.Status{Recorded: 7, Relayed: 6, Visible: 5, LagFacts: 2, LagSeconds: 1.5}, nil},
		"unsent": {client.Status{Recorded: 7, Relayed: 6, Visible: 6, LagFacts: 1, LagSeconds: 61}, []string{"not been sent 1 entries, the oldest 1m1s old"}},
		"unread": {client.Status{Recorded: 7, Relayed: 7, Visible: 5, LagFacts: 2, LagSeconds: 12}, []string{"2 entries behind, the oldest 12s old"}},
		"parked": {client.Status{Recorded: 7, Relayed: 7, Visible: 7, Parked: []client.Parking{
			{Entity: "network-U99001", Type: "network.moved.v9", Ordinal: 6, Reason: "unknown type"},
		}}, []string{"cannot read entry 6 (network.moved.v9), so nothing is known of network-U99001"}},
		"in transit": {client.Status{Recorded: 7, Relayed: 7, Visible: 7, InTransit: []client.Transit{
			{FromSystem: "QZ1", FromYear: "2025/26", ToSystem: "QZ2", ToYear: "2026/27", Amount: 1234_50, Entry: 9},
		}}, []string{"£1234.50 is on its way from the ledger of QZ1 for 2025/26 (its entry 9) into that of QZ2 for 2026/27"}},
	} {
		got := examine(c.status)
		if len(got) != len(c.want) {
			t.Errorf("%s: %q", name, got)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(got[i], want) {
				t.Errorf("%s: %q", name, got[i])
			}
		}
	}
}

// A platform that is not well says so, and says it to programs too.
func TestUnwell(t *testing.T) {
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"data":{"status":{"book":"b","epoch":"e","recorded":7,"relayed":7,"visible":5,"lagFacts":2,"lagSeconds":61.5,"parked":[]}}}`)
	}))
	defer behind.Close()
	newPlace(t).check(t, []expect{
		{args: "doctor --token x --url " + behind.URL, code: notDone,
			out: `The platform is not well\..*behind    2 entries, 1m1\.5s\nparked    0\n\nWhat this replica shows is 2 entries behind, the oldest 1m1\.5s old\. .*`},
		{args: "doctor --json --token x --url " + behind.URL, code: notDone, out: `\{.*"findings": \[\n    "What this replica .*\]\n\}`},
	})
}
