package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	service "github.com/ics-openbook/openbook/services/funding"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/platform"
)

// networksOfOne is how many networks the system has whose ledger is written to.
const networksOfOne = 80

// posting is one document with variables, as a client library sends it.
const posting = `mutation Allocate($input: AllocateFundingInput!) { allocateFunding(input: $input) { receipt { id position } problems { code message } } }`

// openLedger is a platform with a system of many networks, the contract of
// 2025/26, lists for it, and money in the pot; its finance officer is signed in.
func openLedger(ctx context.Context, o Options) (h *house, err error) {
	if h, err = openHouse(ctx, o, networksOfOne); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	all, err := platform.ShippedContracts()
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if d.Ask.Year != "2025/26" {
			continue
		}
		for _, s := range d.Ask.Streams {
			if err := h.mutate("listStream", fmt.Sprintf(`{year:"2025/26",key:%q,title:%q,payee:%s,source:"bench",confidence:FOUND,idempotencyKey:%q}`, s.Key, s.Title, s.Payee, "stream "+s.Key)); err != nil {
				return nil, err
			}
		}
		for _, l := range d.Ask.Lines {
			if err := h.mutate("setRate", fmt.Sprintf(`{year:"2025/26",key:%q,stream:%q,basis:%s,rate:%q,per:%s,from:%q,to:%q,source:"bench",confidence:FOUND,idempotencyKey:%q}`,
				l.Key, l.StreamKey, l.Basis, l.Rate, l.Per, l.From, l.To, "rate "+l.Key)); err != nil {
				return nil, err
			}
		}
	}
	for i := range networksOfOne {
		for _, input := range []string{
			fmt.Sprintf(`registerPractice(input:{code:"A%05d",name:"Practice",system:"QZ1",idempotencyKey:"practice %d",wait:VISIBLE})`, i, i),
			fmt.Sprintf(`joinNetwork(input:{practice:"A%05d",network:"U%05d",from:"2019-07-01",idempotencyKey:"member %d",wait:VISIBLE})`, i, i, i),
			fmt.Sprintf(`recordListSize(input:{practice:"A%05d",basis:REGISTERED,on:"2025-01-01",patients:%d,idempotencyKey:"registered %d"})`, i, 30_000+i, i),
			fmt.Sprintf(`recordListSize(input:{practice:"A%05d",basis:ADJUSTED,on:"2025-01-01",patients:%d,idempotencyKey:"adjusted %d"})`, i, 31_000+i, i),
			fmt.Sprintf(`recordListSize(input:{practice:"A%05d",basis:WEIGHTED,on:"2025-01-01",patients:%d,idempotencyKey:"weighted %d",wait:VISIBLE})`, i, 29_000+i, i),
		} {
			if err := h.send("mutation{"+input+"{receipt{position} problems{code message}}}", nil); err != nil {
				return nil, err
			}
		}
	}
	if h.token, err = platform.Token(platform.Config{Data: o.Dir}, "ics-finance:system-QZ1", time.Hour); err != nil {
		return nil, err
	}
	for _, stream := range []string{"core", "casp", "enhanced_access"} {
		if err := h.mutate("receiveFunding", fmt.Sprintf(`{system:"QZ1",year:"2025/26",on:"2025-04-01",fundingStream:%q,purpose:"anything",amount:"900000000.00",reference:%q,idempotencyKey:%q,wait:VISIBLE}`, stream, "E "+stream, "received "+stream)); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// allocate is a posting of a penny to a network.
func (h *house) allocate(network int, stream, reference string) error {
	return h.send(posting, map[string]any{"input": map[string]any{
		"system": "QZ1", "year": "2025/26", "on": "2025-07-01", "network": fmt.Sprintf("U%05d", network), "fundingStream": stream, "purpose": "anything",
		"amount": "0.01", "reference": reference, "idempotencyKey": reference, "wait": "RECORDED",
	}})
}

// postings are many who write in one ledger at a time, decided by some replicas.
func postings(ctx context.Context, o Options, replicas int) (f Figure, err error) {
	h, err := openLedger(ctx, o)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	for i := 1; i < replicas; i++ {
		end, err := h.another(ctx, filepath.Join(o.Dir, fmt.Sprint("funding-", i)))
		if err != nil {
			return f, err
		}
		defer end()
	}
	var n atomic.Int64
	return load(ctx, o, "postings", func(client, i int) error {
		return h.allocate((client+i*o.Clients)%networksOfOne, "core", fmt.Sprintf("A%d", n.Add(1)))
	})
}

const (
	wholeSystem = `{ system(code: "QZ1") { funding(year: "2025/26") { networks { holder streams { key stages {
		entitled { value } allocated { value } paid { value } confirmed { value } committed { value } spent { value } } } } } } }`
	onePassport = `{ network(code: "U00001") { funding(year: "2025/26") { stream(key: "core") { stages { allocated { value passport {
		rule arithmetic terms(first: 100) { totalCount nodes { label amount } } entries(first: 100) { nodes { id type data } } } } } } } } }`
)

// another starts another replica of the service that decides about money, and
// returns once it answers; end ends it.
func (h *house) another(ctx context.Context, dir string) (end func(), err error) {
	nc, err := h.Connect(ctx, "funding")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		defer nc.Close()
		ended <- service.Run(ctx, env.Env{
			NATS: nc, Clock: clock.System, Telemetry: telemetry.Off(), Dir: dir, Signers: h.Signers, Ready: func() { close(ready) },
		})
	}()
	end = func() { stop(); <-ended }
	select {
	case <-ready:
		return end, nil
	case err := <-ended:
		stop()
		return nil, fmt.Errorf("the other replica ended: %w", err)
	case <-time.After(patience):
		end()
		return nil, errors.New("the other replica did not come up")
	}
}

// funding reads the money of a whole system, and the passport of a figure.
func funding(ctx context.Context, o Options) (all []Figure, err error) {
	h, err := openLedger(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	for i := range networksOfOne * 5 {
		for s, stream := range []string{"core", "casp", "enhanced_access"} {
			if err := h.allocate(i%networksOfOne, stream, fmt.Sprintf("F%d-%d", i, s)); err != nil {
				return nil, err
			}
		}
	}
	for _, read := range []struct{ name, what, document string }{
		{"funding", "the money of a system of 80 networks, all streams, six stages, asked by one after another", wholeSystem},
		{"passport", "the passport of a figure, with its terms and the entries behind it, asked by one after another", onePassport},
	} {
		alone := o
		alone.Clients = 1
		f, err := load(ctx, alone, "answers", func(_, _ int) error {
			answer, err := h.post(read.document, nil)
			if err == nil && bytes.Contains(answer, []byte(`"errors"`)) {
				err = fmt.Errorf("%.500s", answer)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		f.Name, f.What = read.name, read.what
		all = append(all, f)
	}
	return all, nil
}
