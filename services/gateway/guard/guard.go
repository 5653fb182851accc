package guard

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/view"
)

// ErrOtherSystem refuses what is open only within a system.
var ErrOtherSystem = refuse.New(refuse.Forbidden, "OTHER_SYSTEM",
	"This is open to those who belong to %s. You see totals of other systems, not this.")

// ErrNoRule refuses a field that nobody has put into the table.
var ErrNoRule = refuse.New(refuse.Forbidden, "FORBIDDEN", "%s.%s has no rule, so nobody may have it.")

// Viewer is who looks, as the rules see them.
type Viewer interface {
	// Grants are the roles the viewer holds.
	Grants() []ask.Grant
	// Above is an organisation and those it belongs to.
	Above(events.Entity) []events.Entity
	// Standing is the system that stands in a system's place now: itself, unless
	// it has been succeeded; none where it has been by several.
	Standing(events.ICB) events.ICB
}

// Within is what belongs to a system.
type Within interface{ Within() events.ICB }

// Fields enforces the table on every field of every answer. viewer returns who
// looks; it reports false for nobody, who gets nothing.
func Fields(viewer func(context.Context) (Viewer, bool)) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		// An answer nobody waits for is not worked out; but what was asked for is
		// told, however late.
		if err := ctx.Err(); err != nil && graphql.GetOperationContext(ctx).Operation.Operation == ast.Query {
			return nil, err
		}
		fc := graphql.GetFieldContext(ctx)
		rule, exists := RuleOf(fc.Object, fc.Field.Name)
		if exists && rule.kind == everyone && fc.Object != "Query" || strings.HasPrefix(fc.Object, "__") || fc.Field.Name == "__typename" {
			return next(ctx) // reached through a field that has been judged
		}
		v, somebody := viewer(ctx)
		if !exists || !somebody {
			return nil, ErrNoRule.About("", fc.Object, fc.Field.Name)
		}
		if err := judge(rule, v, fc); err != nil {
			return nil, err
		}
		return next(ctx)
	}
}

func judge(rule Rule, v Viewer, fc *graphql.FieldContext) error {
	switch rule.kind {
	case everyone:
		return nil
	case ownParent:
		object, ok := as[Within](fc.Parent.Result)
		if !ok {
			return fmt.Errorf("%s has a rule about its system, but does not say which that is", fc.Object)
		}
		if object.Within() == "" {
			return Sees(v, ask.England) // no system is known, so none has it for its own
		}
		return Sees(v, object.Within().Entity())
	case ownArgument:
		return Shows(v, entity(fc.Args[rule.argument]))
	case ownOrMine:
		if about := entity(fc.Args[rule.argument]); about != "" {
			return Sees(v, about)
		}
		return nil // the resolver shows what is in Own
	case holders:
		object, ok := as[interface{ Entity() events.Entity }](fc.Parent.Result)
		if !ok {
			return fmt.Errorf("%s has a rule about roles, but does not say whom they are held for", fc.Object)
		}
		if held := rule.Holders(); !Holds(v, object.Entity(), held...) {
			return refuse.ErrForbidden.About("", named(held))
		}
		return nil
	case mayAsk:
		return mayAskFor(v, rule.asks)
	case nobody:
	}
	return ErrNoRule.About("", fc.Object, fc.Field.Name)
}

// as is an object by what it can say of itself. A member of a list comes as a
// pointer to its place in the list.
func as[T any](object any) (t T, ok bool) {
	if t, ok = object.(T); ok {
		return t, true
	}
	for v := reflect.ValueOf(object); v.IsValid(); v = v.Elem() {
		if t, ok = v.Interface().(T); ok {
			return t, true
		}
		if v.Kind() != reflect.Pointer {
			break
		}
	}
	return t, false
}

// entity is what an argument names: an entity, or a code of one kind.
func entity(argument any) events.Entity {
	switch a := argument.(type) {
	case events.Entity:
		return a
	case *events.ICB:
		if a == nil {
			return ""
		}
		return a.Entity()
	case interface{ Entity() events.Entity }:
		return a.Entity()
	}
	return ""
}

// Shows refuses a viewer who does not belong to the system that something is in
// now.
func Shows(v Viewer, about events.Entity) error {
	above := v.Above(about)
	if len(above) == 0 {
		above = []events.Entity{about}
	}
	return Sees(v, above...)
}

// Sees refuses a viewer who belongs to none of the systems among organisations,
// nor to one that stands in such a system's place: what a system leaves is its
// successor's to see. What the successor has is not for those who are still of
// the other.
func Sees(v Viewer, organisations ...events.Entity) error {
	about := organisations[len(organisations)-1]
	for _, o := range organisations {
		code, is := strings.CutPrefix(string(o), "system-")
		if now := v.Standing(events.ICB(code)); is && now != "" && now != events.ICB(code) {
			organisations = append(slices.Clip(organisations), now.Entity())
		}
	}
	for _, g := range v.Grants() {
		if g.Of == ask.England {
			return nil
		}
		for _, mine := range v.Above(g.Of) {
			if strings.HasPrefix(string(mine), "system-") && slices.Contains(organisations, mine) {
				return nil
			}
		}
		if slices.Contains(organisations, g.Of) {
			return nil
		}
	}
	return ErrOtherSystem.About("", about)
}

// SeePay are the roles that may see what single people are paid, whose claim is
// whose network's own.
var SeePay = []ask.Role{ask.PCN, ask.Commissioner, ask.Finance, ask.Auditor}

// Holds reports whether a viewer holds one of the roles for an organisation or for
// one that it belongs to.
func Holds(v Viewer, about events.Entity, roles ...ask.Role) bool {
	return slices.ContainsFunc(v.Grants(), func(g ask.Grant) bool {
		return slices.Contains(roles, g.Role) && (g.Of == ask.England || slices.Contains(v.Above(about), g.Of))
	})
}

// Own is whose own things a viewer sees: those of all systems, or of the systems
// that the viewer's grants are in.
func Own(v Viewer) (own view.Own) {
	for _, g := range v.Grants() {
		own.All = own.All || g.Of == ask.England
		for _, mine := range v.Above(g.Of) {
			if code, is := strings.CutPrefix(string(mine), "system-"); is {
				own.Systems = append(own.Systems, events.ICB(code))
			}
		}
	}
	return own
}

// mayAskFor refuses a viewer without any role that may ask a. Whether it is held for
// the organisation concerned is judged where that is known: by the service.
func mayAskFor(v Viewer, a ask.Ask) error {
	for _, g := range v.Grants() {
		if slices.Contains(ask.May(a.Subject()), g.Role) {
			return nil
		}
	}
	return refuse.ErrForbidden.About("", named(ask.May(a.Subject())))
}

func named(roles []ask.Role) string {
	var all []string
	for _, role := range roles {
		all = append(all, string(role))
	}
	return strings.Join(all, ", ")
}
