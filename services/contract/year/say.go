package year

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/ics-openbook/openbook/api/ask/contract"
	fact "github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

var (
	ErrUnknown = refuse.New(refuse.NotFound, "TERM_UNKNOWN",
		"The contract of %s has no term %s. Look at its keys, or state the term first.")
	ErrStream = refuse.New(refuse.NotFound, "STREAM_UNKNOWN",
		"The contract of %s has no stream %s. List the stream first, or check its key.")
	ErrEnded = refuse.New(refuse.Conflict, "STREAM_ENDED",
		"The contract of %s has the stream %s no more, so it has no rate. List it again first, or name another stream or year.")
	ErrRole = refuse.New(refuse.NotFound, "ROLE_UNKNOWN",
		"The contract of %s reimburses no role %s. Set the role first, or check its key.")
	ErrFramework = refuse.New(refuse.NotFound, "FRAMEWORK_UNKNOWN",
		"The contract of %s has no maturity framework %s. Set the framework first, or check its key and the year it began in.")
	ErrDomain = refuse.New(refuse.NotFound, "DOMAIN_UNKNOWN",
		"The framework %s has no domain %s. Its domains are %s.")
	ErrLevel = refuse.New(refuse.NotFound, "LEVEL_UNKNOWN",
		"The framework %s has no level %s. Its levels are %s.")
	ErrKind = refuse.New(refuse.Conflict, "KEY_TAKEN",
		"In the contract of %s, %s is the key of a %s. Choose another key, or withdraw that term first.")
	ErrLine = refuse.New(refuse.Conflict, "LINE_DIFFERS",
		"In the contract of %s, %s is a line of stream %s by %s. Choose another key for another line, or withdraw that one first.")
	ErrInUse = refuse.New(refuse.Conflict, "TERM_IN_USE",
		"Other terms rest on %s: %s. Withdraw those first.")
)

// placed is a statement and where in the request it was made.
type placed struct {
	fact.Statement
	at string // with a dot at its end, or empty
}

// Publish records what is new in a year's terms, all of it or nothing.
func Publish(s State, _ struct{}, a contract.Publish) ([]fact.Event, error) {
	var all []placed
	for i, t := range a.Streams {
		all = append(all, placed{fact.StreamListed{Year: a.Year, FundingStream: t}, at("streams", i)})
	}
	for i, t := range a.Lines {
		all = append(all, placed{fact.RateSet{Year: a.Year, Line: t}, at("lines", i)})
	}
	for i, t := range a.Uses {
		all = append(all, placed{fact.UseStated{Year: a.Year, Use: t}, at("uses", i)})
	}
	for i, t := range a.Roles {
		all = append(all, placed{fact.RoleSet{Year: a.Year, Role: t}, at("roles", i)})
	}
	for i, t := range a.Limits {
		all = append(all, placed{fact.RoleLimited{Year: a.Year, Limit: t}, at("limits", i)})
	}
	for i, t := range a.Requirements {
		all = append(all, placed{fact.RequirementSet{Year: a.Year, Requirement: t}, at("requirements", i)})
	}
	for i, t := range a.MaturityFrameworks {
		all = append(all, placed{fact.FrameworkSet{Year: a.Year, Framework: t}, at("maturityFrameworks", i)})
	}
	for i, t := range a.MaturityDescriptors {
		all = append(all, placed{fact.DescriptorStated{Year: a.Year, Descriptor: t}, at("maturityDescriptors", i)})
	}
	for i, t := range a.Disputes {
		all = append(all, placed{fact.FigureDisputed{Year: a.Year, Dispute: t}, at("disputes", i)})
	}
	return say(s, all...)
}

func at(list string, i int) string { return list + "." + strconv.Itoa(i) + "." }

// ListStream says that the contract has a stream.
func ListStream(s State, _ struct{}, a contract.ListStream) ([]fact.Event, error) {
	return say(s, placed{fact.StreamListed{Year: a.Year, FundingStream: a.FundingStream}, ""})
}

// SetRate says what a stream is paid by.
func SetRate(s State, _ struct{}, a contract.SetRate) ([]fact.Event, error) {
	return say(s, placed{fact.RateSet{Year: a.Year, Line: a.Line}, ""})
}

// StateUse says whether something may be bought with a stream.
func StateUse(s State, _ struct{}, a contract.StateUse) ([]fact.Event, error) {
	return say(s, placed{fact.UseStated{Year: a.Year, Use: a.Use}, ""})
}

// SetRole says that a role is reimbursed, and up to what.
func SetRole(s State, _ struct{}, a contract.SetRole) ([]fact.Event, error) {
	return say(s, placed{fact.RoleSet{Year: a.Year, Role: a.Role}, ""})
}

// LimitRole says how many posts of a role a network may claim for.
func LimitRole(s State, _ struct{}, a contract.LimitRole) ([]fact.Event, error) {
	return say(s, placed{fact.RoleLimited{Year: a.Year, Limit: a.Limit}, ""})
}

// SetRequirement says what a specification requires.
func SetRequirement(s State, _ struct{}, a contract.SetRequirement) ([]fact.Event, error) {
	return say(s, placed{fact.RequirementSet{Year: a.Year, Requirement: a.Requirement}, ""})
}

// SetFramework says by which domains and levels networks may look at their own
// maturity.
func SetFramework(s State, _ struct{}, a contract.SetFramework) ([]fact.Event, error) {
	return say(s, placed{fact.FrameworkSet{Year: a.Year, Framework: a.Framework}, ""})
}

// StateDescriptor says how a framework describes a domain at a level.
func StateDescriptor(s State, _ struct{}, a contract.StateDescriptor) ([]fact.Event, error) {
	return say(s, placed{fact.DescriptorStated{Year: a.Year, Descriptor: a.Descriptor}, ""})
}

// DisputeFigure keeps what another source says of a term.
func DisputeFigure(s State, _ struct{}, a contract.DisputeFigure) ([]fact.Event, error) {
	return say(s, placed{fact.FigureDisputed{Year: a.Year, Dispute: a.Dispute}, ""})
}

// Withdraw takes a term back on which no other rests.
func Withdraw(s State, _ struct{}, a contract.WithdrawTerm) ([]fact.Event, error) {
	t, ever := s.terms[a.Key]
	switch {
	case !ever:
		return nil, ErrUnknown.About("key", a.Year, a.Key)
	case len(t.said) == 0:
		return nil, nil
	}
	if resting := s.resting(a.Key); len(resting) > 0 {
		return nil, ErrInUse.About("key", a.Key, strings.Join(resting, ", "))
	}
	return []fact.Event{fact.TermWithdrawn{Year: a.Year, Key: a.Key, Reason: a.Reason}}, nil
}

// resting are the keys of the terms that name another.
func (s State) resting(on fact.Key) (all []string) {
	for key, t := range s.terms {
		if len(t.said) > 0 && slices.Contains(names(t.said[len(t.said)-1]), on) {
			all = append(all, string(key))
		}
	}
	slices.Sort(all)
	return all
}

// names are the terms that a statement rests on.
func names(f fact.Statement) []fact.Key {
	switch f := f.(type) {
	case fact.RateSet:
		return []fact.Key{f.StreamKey}
	case fact.UseStated:
		return []fact.Key{f.StreamKey}
	case fact.RoleLimited:
		return []fact.Key{f.Role}
	case fact.DescriptorStated:
		return []fact.Key{f.Framework}
	case fact.FigureDisputed:
		return []fact.Key{f.About}
	}
	return nil
}

// say records statements that are possible together, as far as they are new.
func say(s State, all ...placed) (facts []fact.Event, err error) {
	var wrong []error
	after := s
	said := map[fact.Key][]fact.Statement{}
	var keys []fact.Key // in the order they come
	for _, p := range all {
		if err := possible(after, p); err != nil {
			wrong = append(wrong, err)
		}
		after = Evolve(after, p.Statement)
		if said[p.Term()] == nil {
			keys = append(keys, p.Term())
		}
		said[p.Term()] = append(said[p.Term()], p.Statement)
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	for _, key := range keys {
		for _, f := range news(s.terms[key].said, said[key]) {
			facts = append(facts, f)
		}
	}
	return facts, nil
}

// possible refuses a statement that does not fit what is said already.
func possible(s State, p placed) error {
	t := s.terms[p.Term()]
	if len(t.said) > 0 && t.kind != p.Kind() {
		return ErrKind.About(p.at+"key", p.Of(), p.Term(), strings.ToLower(string(t.kind)))
	}
	switch f := p.Statement.(type) {
	case fact.RateSet:
		stream, listed := now[fact.StreamListed](s, f.StreamKey)
		was, before := now[fact.RateSet](s, f.Key)
		switch {
		case !listed:
			return ErrStream.About(p.at+"stream", f.Year, f.StreamKey)
		case stream.Ended:
			return ErrEnded.About(p.at+"stream", f.Year, f.StreamKey)
		case before && (was.StreamKey != f.StreamKey || was.Basis != f.Basis):
			return ErrLine.About(p.at+"key", f.Year, f.Key, was.StreamKey, was.Basis)
		}
	case fact.UseStated:
		if _, listed := now[fact.StreamListed](s, f.StreamKey); !listed {
			return ErrStream.About(p.at+"stream", f.Year, f.StreamKey)
		}
	case fact.RoleLimited:
		if _, set := now[fact.RoleSet](s, f.Role); !set {
			return ErrRole.About(p.at+"role", f.Year, f.Role)
		}
	case fact.FrameworkSet:
		return s.keeps(p.at, f)
	case fact.DescriptorStated:
		return s.describes(p.at, f)
	case fact.FigureDisputed:
		if len(s.terms[f.About].said) == 0 {
			return ErrUnknown.About(p.at+"about", f.Year, f.About)
		}
	}
	return nil
}
