package limit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

const (
	mostKnown   = 256   // free documents that are kept parsed
	mostRefused = 1_000 // refusals that are kept
	ofRefusal   = 1_000 // what it costs to have a document refused
	ofRepeat    = 100   // and to have the same refused again
)

// TrustedDocuments are those that were known before anybody could send them.
type TrustedDocuments interface {
	// ByHash returns the document with this hash. It is one of a set that may be
	// another a moment later, as a whole.
	ByHash(Hash) (*Document, bool)
}

// Guard stands between a request and all the work that it might be. It is an
// extension of gqlgen, and the first of them.
type Guard struct {
	trusted TrustedDocuments
	buckets *Buckets
	longest time.Duration

	schema  *ast.Schema
	prices  *Prices
	known   *lru.Cache[Hash, *Document]
	refused *lru.Cache[Hash, gqlerror.List]
}

// New returns a guard. An answer may take longest.
func New(trusted TrustedDocuments, buckets *Buckets, longest time.Duration) *Guard {
	known, err1 := lru.New[Hash, *Document](mostKnown)
	refused, err2 := lru.New[Hash, gqlerror.List](mostRefused)
	if err := errors.Join(err1, err2); err != nil {
		panic(err) // the numbers are above
	}
	return &Guard{trusted: trusted, buckets: buckets, longest: longest, known: known, refused: refused}
}

// ExtensionName is for gqlgen.
func (g *Guard) ExtensionName() string { return name }

// Validate reads the prices off the schema.
func (g *Guard) Validate(schema graphql.ExecutableSchema) error {
	g.schema, g.prices = schema.Schema(), PricesOf(schema.Schema())
	return nil
}

const name = "openbook.limit"

// bill is what is known of a request.
type bill struct {
	bucket   bucket
	document *Document
	cost     int
	refused  gqlerror.List
	begun    bool         // something of a subscription has been answered
	over     bool         // and nothing more will be
	written  atomic.Int64 // bytes of the answer so far, about
	giveUp   context.CancelCauseFunc
}

func billOf(op *graphql.OperationContext) *bill {
	b, _ := op.Stats.GetExtension(name).(*bill)
	return b
}

// DocumentOf is the document that a request carries out: nil if it has come to
// none.
func DocumentOf(op *graphql.OperationContext) *Document {
	if b := billOf(op); b != nil {
		return b.document
	}
	return nil
}

// Of are the limits of a request. Until it has come to a document, it has those
// of any other.
func Of(ctx context.Context) Limits {
	if d := DocumentOf(graphql.GetOperationContext(ctx)); d != nil {
		return d.Limits()
	}
	return Free
}

// MutateOperationParameters finds or reads the document, and looks at what came
// with it. Nothing has been parsed before.
func (g *Guard) MutateOperationParameters(ctx context.Context, sent *graphql.RawParams) *gqlerror.Error {
	who, _ := identity.From(ctx)
	b := &bill{bucket: g.buckets.client(who)}
	op := graphql.GetOperationContext(ctx)
	op.Stats.SetExtension(name, b)
	if b.bucket.left() < 1 {
		return b.tooFast(1)
	}
	d, errs, cost := g.find(sent)
	if len(errs) == 0 {
		if err := cmp.Or(checkName(d, sent.OperationName), checkVariables(sent.Variables, d.Limits())); err != nil {
			errs, cost = gqlerror.List{err}, ofRefusal
		}
	}
	if len(errs) > 0 {
		return b.refuse(cost, errs...)
	}
	b.document, sent.Query = d, d.Text
	return nil
}

// find returns the document of a request, or why it has none and what finding
// that out costs.
func (g *Guard) find(sent *graphql.RawParams) (*Document, gqlerror.List, int) {
	hash, named := hashSent(sent)
	if sent.Query != "" {
		exact := HashOf(sent.Query)
		if named && exact != hash {
			return nil, gqlerror.List{at(nil, ErrHash)}, ofRepeat
		}
		hash, named = exact, false
	} else if !named {
		return nil, gqlerror.List{at(nil, ErrNoDocument)}, ofRepeat
	}
	if d, is := g.trusted.ByHash(hash); is {
		return d, nil, 0
	}
	if named {
		return nil, gqlerror.List{at(nil, ErrUnknownHash)}, ofRepeat
	}
	if d, is := g.known.Get(hash); is {
		return d, nil, 0
	}
	if errs, is := g.refused.Get(hash); is {
		return nil, errs, ofRepeat
	}
	d, errs := Read(g.schema, sent.Query, false)
	if len(errs) > 0 {
		g.refused.Add(hash, errs)
		return nil, errs, ofRefusal
	}
	g.known.Add(hash, d)
	return d, nil, 0
}

// checkName refuses a request that does not say which operation is meant.
func checkName(d *Document, operation string) *gqlerror.Error {
	all := d.Parsed.Operations
	if all.ForName(operation) != nil {
		return nil
	}
	var named []string
	for _, op := range all {
		named = append(named, strconv.Quote(op.Name))
	}
	switch {
	case operation == "":
		return at(nil, ErrMisfit, "The document has several operations: "+strings.Join(named, ", ")+". Name one of them as `operationName`.")
	case len(all) == 1 && all[0].Name == "":
		return at(nil, ErrMisfit, "The document's only operation has no name. Leave out `operationName`.")
	}
	return at(nil, ErrMisfit, fmt.Sprintf("The document has no operation %.*q. It has: %s.", d.Limits().Name, operation, strings.Join(named, ", ")))
}

// MutateOperationContext says what the operation costs, and whether the client
// may have it.
func (g *Guard) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	b := billOf(op)
	cost, most := g.prices.Of(op.Operation, op.Variables), b.document.Limits().Cost
	if cost > most {
		return b.refuse(ofRefusal, at(op.Operation.Position, ErrCost, cost, most, g.prices.Dearest(op.Operation, op.Variables)))
	}
	b.cost = cost
	if !b.bucket.take(cost) {
		return b.tooFast(cost)
	}
	return nil
}

// refuse notes why a request goes no further, and what that cost. The errors may
// be kept for others; gqlgen writes the place into what it is given.
func (b *bill) refuse(cost int, errs ...*gqlerror.Error) *gqlerror.Error {
	b.bucket.owe(cost)
	b.cost, b.refused = cost, errs
	first := *errs[0]
	return &first
}

func (b *bill) tooFast(cost int) *gqlerror.Error {
	wait, full := b.bucket.full(cost)
	err := refusal(full)
	err.Extensions["retryAfter"] = wait
	b.cost, b.refused = cost, gqlerror.List{err}
	return err
}

// Parsed hands gqlgen the document that the guard has read: it is asked for a
// parsed document before it would parse one itself.
type Parsed struct{}

// Get returns the request's document.
func (Parsed) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	if d := DocumentOf(graphql.GetOperationContext(ctx)); d != nil {
		return d.Parsed, true
	}
	return nil, false
}

// Add does nothing: the guard keeps what it has read.
func (Parsed) Add(context.Context, string, *ast.QueryDocument) {}

// InterceptOperation bounds the time an answer may take.
func (g *Guard) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	if op.Operation.Operation == ast.Subscription {
		return next(ctx)
	}
	ctx, stop := context.WithTimeoutCause(ctx, g.longest, ErrTime.About("", int(g.longest.Seconds())))
	ctx, giveUp := context.WithCancelCause(ctx)
	if b := billOf(op); b != nil && op.Operation.Operation == ast.Query {
		b.giveUp = giveUp // what is to be done is done, however long its answer
	}
	respond := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		defer stop()
		defer giveUp(nil)
		return respond(ctx)
	}
}

// InterceptField counts the answer as it grows, and ends the work on one that
// has grown too long. What is written plainly is counted as a whole, later.
func (g *Guard) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	found, err := next(ctx)
	grown := 100 // about as long as an error is, with its path
	if err == nil {
		grown = size(func() *graphql.FieldContext { return graphql.GetFieldContext(ctx) }, found)
	}
	if grown == 0 {
		return found, err
	}
	b := billOf(graphql.GetOperationContext(ctx))
	if b == nil || b.giveUp == nil {
		return found, err
	}
	if most := b.document.Limits().Answer; b.written.Add(int64(grown)) > int64(most) {
		b.giveUp(ErrAnswer.About("", most))
	}
	return found, err
}

// InterceptResponse puts a refusal in the place of an answer that was given up,
// and says what the request cost and what is left.
func (g *Guard) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	var b *bill
	if graphql.HasOperationContext(ctx) {
		b = billOf(graphql.GetOperationContext(ctx))
	}
	if b != nil && b.over {
		return nil
	}
	response := next(ctx)
	if response == nil {
		return nil
	}
	for _, e := range response.Errors {
		e.Message = clip(e.Message)
	}
	if b != nil {
		b.settle(ctx, graphql.GetOperationContext(ctx), response)
	}
	if b == nil { // there was no request to speak of
		who, _ := identity.From(ctx)
		b = &bill{bucket: g.buckets.client(who)}
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["cost"] = Cost{b.cost, b.bucket.left(), b.bucket.empty().Format(time.RFC3339)}
	return response
}

// Cost is what an answer says of its cost.
type Cost struct {
	Requested int    `json:"requested"`
	Remaining int    `json:"remaining"`
	ResetAt   string `json:"resetAt"`
}

func (b *bill) settle(ctx context.Context, op *graphql.OperationContext, response *graphql.Response) {
	switch {
	case b.document != nil && b.cost == 0: // it was read, and then there was no operation, or not with these variables
		b.cost = ofRefusal
		b.bucket.owe(b.cost)
	case b.begun && !b.bucket.take(b.cost): // each answer of a subscription is one
		_, b.over = b.tooFast(b.cost), true
	}
	b.begun = op.Operation != nil && op.Operation.Operation == ast.Subscription
	if len(b.refused) > 0 {
		if len(response.Errors) > 0 && response.Errors[0].Extensions["code"] != b.refused[0].Extensions["code"] {
			return // the transport refuses the request for another reason, such as its method
		}
		response.Data, response.Errors = nil, nil
		for _, e := range b.refused { // each is kept, and answered to others too
			one := *e
			response.Errors = append(response.Errors, &one)
		}
		return
	}
	if b.document == nil {
		return
	}
	most := b.document.Limits().Answer
	length := len(response.Data)
	for _, e := range response.Errors {
		length += len(e.Message) + 100
	}
	given, is := refuse.From(context.Cause(ctx))
	switch {
	case length > most:
		given = ErrAnswer.About("", most)
	case !is || op.Operation != nil && op.Operation.Operation != ast.Query:
		return // what was asked for is told, however late
	}
	response.Data, response.Errors = []byte("null"), gqlerror.List{refusal(given)} // it was carried out, as far as it went
}

// Cause is why work ended that was given up, where err says only that it was. A
// refusal says more: whether what was asked for may have been done.
func Cause(ctx context.Context, err error) error {
	if _, is := refuse.From(err); is {
		return err
	}
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if given, is := refuse.From(context.Cause(ctx)); is {
		return given
	}
	return ErrTime.About("", int(Longest.Seconds())) // the client has gone: nobody reads it
}
