package natsd_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ics-openbook/openbook/deploy"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/platform/natsd"
)

// matrix is who may do what. What it does not name for a user is tried as that
// user and must be refused.
var matrix = []struct {
	subject            string
	publish, subscribe []string
}{
	{"ask.network.join", []string{"network", "contract", "funding", "workforce", "gateway"}, []string{"network"}},
	{"ask.contract.publish", []string{"network", "contract", "funding", "workforce", "gateway"}, []string{"contract"}},
	{"ask.funding.allocate", []string{"network", "contract", "funding", "workforce", "gateway"}, []string{"funding"}},
	{"ask.entitlement.state_quantity", []string{"network", "contract", "funding", "workforce", "gateway"}, []string{"funding"}},
	{"ask.challenge.open", []string{"network", "contract", "funding", "workforce", "gateway"}, []string{"funding"}},
	{"ask.partner.report_position", []string{"network", "contract", "funding", "workforce", "gateway"}, []string{"funding"}},
	{"ask.costing.state_cost", []string{"network", "contract", "funding", "workforce", "gateway"}, []string{"funding"}},
	{"ask.workforce.submit_claim", []string{"network", "contract", "funding", "workforce", "gateway"}, []string{"workforce"}},
	{"ask.maturity.assess", []string{"network", "contract", "funding", "workforce", "gateway"}, nil},
	{"book.append", []string{"network", "contract", "funding", "workforce"}, []string{"book"}},
	{"book.read.stream", []string{"network", "contract", "funding", "workforce", "gateway"}, []string{"book"}},
	{"book.status", []string{"network", "contract", "funding", "workforce", "gateway"}, []string{"book"}},
	{"book.rebuild", nil, []string{"book"}},
	{"fact.network.U12345.joined", []string{"book"}, nil},
	{"fact.>", nil, nil},
	{">", nil, nil},
	{"*.>", nil, nil},
	{"somewhere.else", nil, nil},
	{"_INBOX.any", nil, nil},
	{"_INBOX_book.any", nil, []string{"book"}},
	{"_INBOX_network.any", []string{"network"}, []string{"network"}},
	{"_INBOX_contract.any", []string{"contract"}, []string{"contract"}},
	{"_INBOX_funding.any", []string{"funding"}, []string{"funding"}},
	{"_INBOX_workforce.any", []string{"workforce"}, []string{"workforce"}},
	{"_INBOX_gateway.any", nil, []string{"gateway"}},
	{"_R_.any", []string{"book", "network", "contract", "funding", "workforce"}, nil}, // the answers to what came from another account
	{"$SRV.PING", nil, []string{"book", "network", "contract", "funding", "workforce"}},
	{"$SYS.REQ.SERVER.PING", nil, nil},
	{"$SYS.REQ.USER.INFO", nil, nil},
	{"$SYS.>", nil, nil},
	{"$JS.API.INFO", []string{"book"}, nil},
	{"$JS.API.STREAM.CREATE.BOOK", []string{"book"}, nil},
	{"$JS.API.STREAM.CREATE.OTHER", []string{"book"}, nil},
	{"$JS.API.STREAM.UPDATE.BOOK", []string{"book"}, nil},
	{"$JS.API.STREAM.DELETE.BOOK", []string{"book"}, nil},
	{"$JS.API.STREAM.PURGE.BOOK", []string{"book"}, nil},
	{"$JS.API.STREAM.MSG.DELETE.BOOK", []string{"book"}, nil},
	{"$JS.API.STREAM.SNAPSHOT.BOOK", []string{"book"}, nil},
	{"$JS.API.STREAM.INFO.BOOK", []string{"book"}, nil},
	{"$JS.API.CONSUMER.CREATE.BOOK.c", []string{"book"}, nil},
	{"$JS.API.DIRECT.GET.BOOK", []string{"book"}, nil},
	{"$JS.ACK.BOOK.c.1.1.1.1.0", nil, nil},
	{"$JS.FC.BOOK.c.x", nil, nil},
	{"$KV.bucket.key", nil, nil},
}

func TestNobodyDoesWhatIsNotWritten(t *testing.T) {
	p := start(t)
	for _, user := range deploy.Users {
		nc, violations := p.connect(user)
		for _, row := range matrix {
			if !strings.ContainsAny(row.subject, "*>") {
				want := slices.Contains(row.publish, user)
				if got := may(t, nc, violations, func() error { return nc.Publish(row.subject, []byte("{}")) }); got != want {
					t.Errorf("%s publishes %s: got %v, want %v", user, row.subject, got, want)
				}
			}
			want := slices.Contains(row.subscribe, user)
			got := may(t, nc, violations, func() error { _, err := nc.Subscribe(row.subject, func(*nats.Msg) {}); return err })
			if got != want {
				t.Errorf("%s subscribes to %s: got %v, want %v", user, row.subject, got, want)
			}
		}
	}
}

func TestOnlyUsersWithTheirPasswordComeIn(t *testing.T) {
	p := start(t)
	for _, login := range []natsd.Login{{}, {User: "book"}, {User: "book", Password: "wrong"}, {User: "stranger", Password: "x"}, {User: "gateway", Password: "password of book"}} {
		login.URL, login.Log = p.server.URL(), slog.New(slog.DiscardHandler)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		if nc, err := natsd.Connect(ctx, login); err == nil {
			nc.Close()
			t.Errorf("%q with password %q came in", login.User, login.Password)
		} else if errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%q was not refused but tried again", login.User)
		}
		cancel()
	}
	nc, err := nats.Connect(p.server.URL())
	if err == nil {
		nc.Close()
		t.Error("somebody without a name came in")
	}
}

// Somebody who may ask can choose where the answer goes. It must not go where
// only the one who answers may publish.
func TestAnswersCannotBeSentElsewhere(t *testing.T) {
	p := start(t)
	book, _ := p.connect("book")
	network, _ := p.connect("network")
	stream := p.stream(book, 3)
	serve(t, book, "book", "book.read.>")
	serve(t, network, "network", "ask.network.>")
	appends := make(chan *nats.Msg, 1000)
	if _, err := book.ChanSubscribe("book.append", appends); err != nil {
		t.Fatal(err)
	}
	flush(t, book, network)

	for _, user := range []string{"network", "contract", "gateway"} {
		nc, _ := p.connect(user)
		ask(t, nc, carrier.API+".CONSUMER.CREATE.BOOK.pull", `{"stream_name":"BOOK","config":{"name":"pull","ack_policy":"none"}}`)
		for _, to := range []string{"fact.network.U12345.joined", "$JS.API.STREAM.DELETE.BOOK", "$JS.API.STREAM.PURGE.BOOK", "book.append"} {
			if user != "gateway" && to == "book.append" {
				continue // it may append in its own name
			}
			ask(t, nc, carrier.API+".CONSUMER.CREATE.BOOK.push", fmt.Sprintf(`{"stream_name":"BOOK","config":{"name":"push","ack_policy":"none","deliver_subject":%q}}`, to))
			for _, deputy := range []string{"book.read.stream", "ask.network.join", carrier.API + ".STREAM.INFO.BOOK", carrier.API + ".CONSUMER.INFO.BOOK.pull", carrier.API + ".CONSUMER.MSG.NEXT.BOOK.pull"} {
				if err := nc.PublishRequest(deputy, to, []byte(`{"batch":1}`)); err != nil {
					t.Fatal(err)
				}
			}
			ask(t, nc, carrier.API+".CONSUMER.DELETE.BOOK.push", "")
		}
		flush(t, nc, network, book)
	}
	time.Sleep(200 * time.Millisecond) // what was misdirected is on its way inside the server
	info, err := stream.Info(t.Context())
	if err != nil {
		t.Fatalf("the stream is gone: %v", err)
	}
	if info.State.Msgs != 3 || info.State.LastSeq != 3 {
		t.Errorf("the stream holds %d messages up to %d; the book published 3", info.State.Msgs, info.State.LastSeq)
	}
	// The one thing left: JetStream itself delivers facts where a reader says.
	// A request bears the account it came from; what JetStream delivers does not.
	for len(appends) > 0 {
		if m := <-appends; m.Header.Get("Nats-Request-Info") != "" || string(m.Data) != "a fact" {
			t.Errorf("the gateway had %q appended in another's name", m.Data)
		}
	}
	if err := network.PublishRequest("book.append", network.NewInbox(), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	select {
	case m := <-appends:
		if from := m.Header.Get("Nats-Request-Info"); !strings.Contains(from, `"acc":"NETWORK"`) {
			t.Errorf("an append comes from %q", from)
		}
	case <-time.After(5 * time.Second):
		t.Error("an append does not arrive")
	}
}

func TestReadersFollowTheBook(t *testing.T) {
	p := start(t)
	book, _ := p.connect("book")
	p.stream(book, 1000)
	for _, user := range deploy.Users {
		nc, violations := p.connect(user)
		js, err := jetstream.NewWithAPIPrefix(nc, carrier.API)
		if err != nil {
			t.Fatal(err)
		}
		consumer, err := js.OrderedConsumer(t.Context(), "BOOK", jetstream.OrderedConsumerConfig{})
		if err != nil {
			t.Fatalf("%s: %v", user, err)
		}
		if _, err := consumer.Info(t.Context()); err != nil {
			t.Fatalf("%s: %v", user, err)
		}
		next := make(chan uint64, 2000)
		consuming, err := consumer.Consume(func(m jetstream.Msg) {
			meta, err := m.Metadata()
			if err != nil {
				t.Error(err)
				return
			}
			next <- meta.Sequence.Stream
		})
		if err != nil {
			t.Fatalf("%s: %v", user, err)
		}
		for want := uint64(1); want <= 1000; want++ {
			select {
			case got := <-next:
				if got != want {
					t.Fatalf("%s: got sequence %d, want %d", user, got, want)
				}
			case <-time.After(5 * time.Second):
				t.Fatalf("%s: nothing came after %d", user, want-1)
			}
		}
		consuming.Stop()
		<-consuming.Closed()
		flush(t, nc)
		for len(violations) > 0 {
			t.Errorf("%s: %v", user, <-violations)
		}
	}
}

func TestServicesAreAsked(t *testing.T) {
	p := start(t)
	book, _ := p.connect("book")
	network, _ := p.connect("network")
	contract, _ := p.connect("contract")
	gateway, _ := p.connect("gateway")

	if _, err := gateway.Request("ask.network.join", nil, time.Second); !errors.Is(err, nats.ErrNoResponders) {
		t.Errorf("nobody serves, and the asker is told %v", err)
	}
	serve(t, book, "book", "book.>")
	serve(t, network, "network", "ask.network.>")
	serve(t, contract, "contract", "ask.contract.>")
	flush(t, book, network, contract)
	for _, c := range []struct {
		who     *nats.Conn
		subject string
		answers string
	}{
		{gateway, "ask.network.join", "network"},
		{gateway, "ask.contract.publish", "contract"},
		{network, "ask.network.join", "network"}, // a reaction
		{gateway, "book.read.stream", "book"},
		{gateway, "book.status", "book"},
		{network, "book.append", "book"},
		{contract, "book.append", "book"},
		{network, "book.read.stream", "book"},
	} {
		m, err := c.who.Request(c.subject, nil, 5*time.Second)
		if err != nil || string(m.Data) != c.answers {
			t.Errorf("%s asks %s: %v", c.who.Opts.User, c.subject, err)
		}
	}
}
