package eventstoredb

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/ics-openbook/openbook/events"
)

// ErrAddress means that a connection string cannot be read. Its text never has
// the string, nor any part of it before the query: that is where the password
// is.
var ErrAddress = errors.New("the connection string cannot be used")

// Schemes are those of connection strings.
var Schemes = []string{"esdb", "esdb+discover"}

// address is where a book is: the servers, and its streams there.
type address struct {
	servers string // hosts and ports, for people
	book    string
}

// The settings of a connection string, in lower case. Others of EventStoreDB's
// clients mean nothing to this one, which would pass over them in silence.
var known = []string{
	"book", "tls", "tlsverifycert", "tlscafile", "usercertfile", "userkeyfile",
	"defaultdeadline", "gossiptimeout", "keepaliveinterval", "keepalivetimeout",
}

var bookName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)

// parse cuts the book's name out of a connection string and has the client read
// the rest. Reading the query and the rest apart keeps the password out of
// errors: those of the client quote what they could not read.
func parse(connection string) (address, *esdb.Configuration, error) {
	servers, query, _ := strings.Cut(connection, "?")
	settings, err := url.ParseQuery(query)
	if err != nil {
		return address{}, nil, fmt.Errorf("%w: what follows the question mark is not of the form name=value&name=value", ErrAddress)
	}
	a := address{book: "openbook"}
	for name, values := range settings {
		if !slices.Contains(known, strings.ToLower(name)) || len(values) != 1 {
			return address{}, nil, fmt.Errorf("%w: it has the setting %q: each of these can be there once: %s", ErrAddress, name, strings.Join(known, ", "))
		}
		if strings.EqualFold(name, "book") {
			a.book = values[0]
			delete(settings, name)
		}
	}
	if !bookName.MatchString(a.book) {
		return address{}, nil, fmt.Errorf("%w: a book cannot be called %q: a letter, then letters, digits and _, in lower case", ErrAddress, a.book)
	}
	if _, err := esdb.ParseConnectionString("esdb://localhost?" + settings.Encode()); err != nil {
		return address{}, nil, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	config, err := esdb.ParseConnectionString(servers + "?" + settings.Encode())
	if err != nil {
		return address{}, nil, fmt.Errorf("%w: write it as esdb://user:password@host:2113?tls=true, with signs of the password like @ : / as %%40 %%3A %%2F", ErrAddress)
	}
	a.servers = servers[strings.LastIndexAny(servers, "@/")+1:]
	// Trying again is ours: connection does it, with an end.
	config.MaxDiscoverAttempts = 1
	if config.DefaultDeadline == nil {
		config.DefaultDeadline = &writing
	}
	config.NodePreference = esdb.NodePreferenceLeader
	return a, config, nil
}

// Place says for people where a connection leads, without its password.
func Place(connection string) (string, error) {
	a, _, err := parse(connection)
	if err != nil {
		return "", err
	}
	return a.book + " at " + a.servers, nil
}

// prefix is what the book's streams begin with. No name has a hyphen, so no
// book's prefix begins another's.
func (a address) prefix() string { return a.book + "-" }

func (a address) stream(s events.Stream) string { return a.prefix() + string(s) }

// about is the stream of what the book knows of itself. It does not begin with
// the prefix, nor the prefix with it.
func (a address) about() string { return a.book + ".book" }
