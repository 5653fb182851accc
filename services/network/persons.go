package network

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/seal"
	"github.com/ics-openbook/openbook/services/network/person"
	"github.com/ics-openbook/openbook/services/network/view"
)

// errKey refuses what is sealed with a key that is not here.
var errKey = refuse.New(refuse.Conflict, "NAME_KEY_MISSING",
	"The key to the name of %s is not the one it was sealed with, or is gone. The operator has it in the backup of keys.db.")

const (
	// attempts bounds how often the keys of erased persons are tried to be destroyed.
	attempts = 5
	// pause is between two attempts, at first.
	pause = 100 * time.Millisecond
)

// keeper holds the keys of persons' names. It alone does.
type keeper struct {
	keys   *seal.Keys
	clock  clock.Clock
	erased chan struct{} // holds one: the book says of somebody new that they are erased
}

func newKeeper(path string, c clock.Clock) (*keeper, error) {
	keys, err := seal.Open(path, c)
	if err != nil {
		return nil, err
	}
	return &keeper{keys, c, make(chan struct{}, 1)}, nil
}

// watch hears what is new in the book.
func (k *keeper) watch(_ *follow.Seen[view.State], facts []events.Recorded) {
	if slices.ContainsFunc(facts, func(f events.Recorded) bool { return f.Type == fact.PersonErased{}.EventType() }) {
		select {
		case k.erased <- struct{}{}:
		default:
		}
	}
}

// run carries out erasures as the book tells of them, until ctx is done. One that
// cannot be carried out ends it: no name is told then.
func (k *keeper) run(ctx context.Context, known func() view.State) error {
	for {
		select {
		case <-k.erased:
		case <-ctx.Done():
			return nil
		}
		var err error
		for n := range attempts {
			if err = k.apply(ctx, known()); err == nil || ctx.Err() != nil {
				break
			}
			wait, cancel := context.WithTimeout(ctx, pause<<n)
			<-wait.Done()
			cancel()
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// apply destroys the keys of everybody who is erased, whether the erasure is new
// or the book or the keys have come back from a backup.
func (k *keeper) apply(ctx context.Context, known view.State) error {
	before, err := k.keys.Erasures(ctx)
	if err != nil {
		return err
	}
	done := make(map[events.PersonRef]bool, len(before))
	for _, e := range before {
		done[e.Person] = true
	}
	var fresh []seal.Erasure
	for _, who := range known.EveryErased() {
		if !done[who] {
			fresh = append(fresh, seal.Erasure{Person: who, Time: k.clock.Now()})
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return k.keys.ApplyErasures(ctx, fresh)
}

// seal seals the name in an ask, which its asker may ask. What an idempotency key
// is held to is a digest under the person's own key, and goes with it.
func (k *keeper) seal(ctx context.Context, known person.Known, a network.NamePerson, input []byte) (person.Known, string, error) {
	if err := person.MayName(known.State, a); err != nil {
		return known, "", err // before anybody gets a key
	}
	sealed, err := k.sealed(ctx, known.NameOf(a.Person), a)
	if err != nil {
		return known, "", told(err, a.Person)
	}
	known.Name = sealed
	digest, err := k.keys.Digest(ctx, a.Person, append([]byte(a.Subject()+"\n"), input...))
	return known, base64.RawURLEncoding.EncodeToString(digest), told(err, a.Person)
}

// sealed is the name sealed: was, if that says the same.
func (k *keeper) sealed(ctx context.Context, was events.Sealed, a network.NamePerson) (events.Sealed, error) {
	if was.Person != "" {
		if name, err := k.keys.Unseal(ctx, was); err == nil && name == a.Name {
			return was, nil
		}
	}
	return k.keys.Seal(ctx, a.Person, a.Name)
}

// unseal answers the gateway with a name.
func (k *keeper) unseal(known func() view.State) func(context.Context, network.Unseal) (string, error) {
	return func(ctx context.Context, q network.Unseal) (string, error) {
		if known().Erased(q.Name.Person) { // whether or not the key is destroyed yet
			return "", person.ErrErased.About("", q.Name.Person)
		}
		name, err := k.keys.Unseal(ctx, q.Name)
		return name, told(err, q.Name.Person)
	}
}

// told is an error of the keys as a refusal, where it is one.
func told(err error, who events.PersonRef) error {
	switch {
	case errors.Is(err, seal.ErrErased):
		return person.ErrErased.About("person", who)
	case errors.Is(err, seal.ErrNoKey), errors.Is(err, seal.ErrTampered):
		return fmt.Errorf("%w: %w", errKey.About("person", who), err)
	}
	return err
}
