package esdbtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// maxAppend is a server's usual bound on one append.
const maxAppend = 1 << 20

// service is the streams of a server.
type service struct {
	streams.UnimplementedStreamsServer
	server *Server
}

// Append takes one append: its stream and expected revision, then its events.
func (s service) Append(call streams.Streams_AppendServer) error {
	first, err := call.Recv()
	if err != nil {
		return err
	}
	options := first.GetOptions()
	stream := string(options.GetStreamIdentifier().GetStreamName())
	if stream == "" {
		return status.Error(codes.InvalidArgument, "an append begins with its options")
	}
	proposed, err := proposals(call)
	if err != nil {
		return err
	}
	faults := s.server.failing()
	if err := hook(call.Context(), faults.Before, stream); err != nil {
		return err
	}
	if err := s.server.led(call); err != nil {
		return err
	}
	last, current, what := s.server.Log.add(stream, expectation(options), proposed)
	if err := hook(call.Context(), faults.After, stream); err != nil {
		return err
	}
	switch what {
	case streamClosed:
		call.SetTrailer(metadata.Pairs("exception", "stream-deleted", "stream-name", stream))
		return status.Errorf(codes.FailedPrecondition, "Event stream '%s' is deleted.", stream)
	case wrongVersion:
		return call.SendAndClose(wrong(options, current))
	}
	success := &streams.AppendResp_Success{CurrentRevisionOption: &streams.AppendResp_Success_NoStream{NoStream: &shared.Empty{}}}
	if last != nil {
		success.CurrentRevisionOption = &streams.AppendResp_Success_CurrentRevision{CurrentRevision: last.revision}
		success.PositionOption = &streams.AppendResp_Success_Position{Position: &streams.AppendResp_Position{CommitPosition: last.position, PreparePosition: last.position}}
	}
	return call.SendAndClose(&streams.AppendResp{Result: &streams.AppendResp_Success_{Success: success}})
}

func hook(ctx context.Context, fault func(context.Context, string) error, stream string) error {
	if fault == nil {
		return nil
	}
	return fault(ctx, stream)
}

func proposals(call streams.Streams_AppendServer) (all []*event, err error) {
	for size := 0; ; {
		m, err := call.Recv()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		p := m.GetProposedMessage()
		kind, content := p.GetMetadata()["type"], p.GetMetadata()["content-type"]
		if kind == "" || content == "" {
			return nil, status.Error(codes.InvalidArgument, "an event needs type and content-type")
		}
		if size += len(p.GetData()) + len(p.GetCustomMetadata()); size > maxAppend {
			call.SetTrailer(metadata.Pairs("exception", "maximum-append-size-exceeded", "maximum-append-size", fmt.Sprint(maxAppend)))
			return nil, status.Errorf(codes.InvalidArgument, "Maximum Append Size of %d Exceeded.", maxAppend)
		}
		id, err := fromProto(p.GetId())
		if err != nil {
			return nil, status.Error(codes.InvalidArgument, err.Error())
		}
		all = append(all, &event{id: id, kind: kind, content: content, data: p.GetData(), meta: p.GetCustomMetadata()})
	}
}

func expectation(o *streams.AppendReq_Options) int64 {
	switch e := o.GetExpectedStreamRevision().(type) {
	case *streams.AppendReq_Options_NoStream:
		return noStream
	case *streams.AppendReq_Options_StreamExists:
		return streamExists
	case *streams.AppendReq_Options_Revision:
		return int64(e.Revision)
	}
	return anyRevision
}

func wrong(o *streams.AppendReq_Options, current int64) *streams.AppendResp {
	w := &streams.AppendResp_WrongExpectedVersion{}
	if current < 0 {
		w.CurrentRevisionOption = &streams.AppendResp_WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &shared.Empty{}}
	} else {
		w.CurrentRevisionOption = &streams.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: uint64(current)}
	}
	switch expected := expectation(o); expected {
	case noStream:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &shared.Empty{}}
	case streamExists:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: &shared.Empty{}}
	default:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: uint64(expected)}
	}
	return &streams.AppendResp{Result: &streams.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: w}}
}

// Delete hides all there is of a stream by its settings; it may go on.
func (s service) Delete(_ context.Context, r *streams.DeleteReq) (*streams.DeleteResp, error) {
	stream := string(r.GetOptions().GetStreamIdentifier().GetStreamName())
	everything := &event{id: uuid.New(), kind: "$metadata", content: "application/json", data: []byte(`{"$tb":9223372036854775807}`)}
	last, _, _ := s.server.Log.add("$$"+stream, anyRevision, []*event{everything})
	return &streams.DeleteResp{PositionOption: &streams.DeleteResp_Position_{Position: &streams.DeleteResp_Position{CommitPosition: last.position, PreparePosition: last.position}}}, nil
}

func fromProto(id *shared.UUID) (u uuid.UUID, err error) {
	if s := id.GetStructured(); s != nil {
		binary.BigEndian.PutUint64(u[:8], uint64(s.GetMostSignificantBits()))
		binary.BigEndian.PutUint64(u[8:], uint64(s.GetLeastSignificantBits()))
		return u, nil
	}
	return uuid.Parse(id.GetString_())
}

func toProto(u uuid.UUID) *shared.UUID {
	return &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{
		MostSignificantBits:  int64(binary.BigEndian.Uint64(u[:8])),
		LeastSignificantBits: int64(binary.BigEndian.Uint64(u[8:])),
	}}}
}
