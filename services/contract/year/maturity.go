package year

import (
	"slices"
	"strings"

	fact "github.com/ics-openbook/openbook/events/contract"
)

// describes refuses a descriptor of what the framework has not.
func (s State) describes(at string, d fact.DescriptorStated) error {
	m, set := now[fact.FrameworkSet](s, d.Framework)
	switch domains, levels := domains(m), levels(m); {
	case !set:
		return ErrFramework.About(at+"framework", d.Year, d.Framework)
	case !slices.Contains(domains, string(d.Domain)):
		return ErrDomain.About(at+"domain", d.Framework, d.Domain, strings.Join(domains, ", "))
	case !slices.Contains(levels, string(d.Level)):
		return ErrLevel.About(at+"level", d.Framework, d.Level, strings.Join(levels, ", "))
	}
	return nil
}

// keeps refuses a framework without a domain or a level that has been described.
func (s State) keeps(at string, m fact.FrameworkSet) error {
	domains, levels := domains(m), levels(m)
	for _, key := range s.resting(m.Key) {
		d, is := now[fact.DescriptorStated](s, fact.Key(key))
		switch {
		case !is:
		case !slices.Contains(domains, string(d.Domain)):
			return ErrInUse.About(at+"domains", d.Domain, key)
		case !slices.Contains(levels, string(d.Level)):
			return ErrInUse.About(at+"levels", d.Level, key)
		}
	}
	return nil
}

func domains(m fact.FrameworkSet) (keys []string) {
	for _, d := range m.Domains {
		keys = append(keys, string(d.Key))
	}
	return keys
}

func levels(m fact.FrameworkSet) (keys []string) {
	for _, l := range m.Levels {
		keys = append(keys, string(l.Key))
	}
	return keys
}
