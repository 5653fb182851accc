// Package esdbtest is a server for tests that speaks the protocol of
// EventStoreDB, by the stubs generated for its Go client, so that the real
// client runs against it. It keeps its log in memory and follows the documented
// semantics, those that are traps above all:
//
//   - an expected revision before the stream's end is judged by the events'
//     ids, slot by slot: the same again is a success with the old numbers, any
//     other a wrong version, also where only a part is the same;
//   - positions are sparse, reading all begins at a position and a subscription
//     after it, and among the events of all are the server's own;
//   - settings of a stream hide its events when it is read, and a scavenge
//     takes them away;
//   - who is not the leader appends nothing and says where the leader is.
//
// It is no store: it forgets everything with the process.
package esdbtest

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Options say what a server is like.
type Options struct {
	Log      *Log        // of a cluster its nodes share; nil is one of its own
	TLS      *tls.Config // nil is none
	User     string      // who alone is let in, and only over TLS; empty is everybody
	Password string
}

// Server is one node.
type Server struct {
	Options
	address string

	mu     sync.Mutex
	server *grpc.Server // nil while it is stopped
	leader *Server      // nil where it leads itself
	faults Faults
}

// Faults are what goes wrong, until it is set otherwise. A nil function is
// nothing; each is called once a request, at once from many goroutines.
type Faults struct {
	// Before is called before an append is judged, After when it is recorded and
	// its answer not yet sent: an error of either is the answer.
	Before, After func(ctx context.Context, stream string) error
	// Reading is called before a reading.
	Reading func(ctx context.Context) error
}

// New starts a server for the length of a test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Log == nil {
		o.Log = NewLog()
	}
	s := &Server{Options: o, address: "127.0.0.1:0"}
	s.Start(t)
	t.Cleanup(s.Stop)
	return s
}

// Start lets it answer, again where it answered before.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	options := []grpc.ServerOption{grpc.UnaryInterceptor(s.letOne), grpc.StreamInterceptor(s.letStream)}
	if s.TLS != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(s.TLS)))
	}
	server := grpc.NewServer(options...)
	streams.RegisterStreamsServer(server, service{server: s})
	serverfeatures.RegisterServerFeaturesServer(server, features{})
	gossip.RegisterGossipServer(server, members{server: s})
	s.mu.Lock()
	s.address, s.server = listener.Addr().String(), server
	s.mu.Unlock()
	s.Log.system("$statsCollected", "$stats-"+s.address)
	go func() { _ = server.Serve(listener) }() // it ends by Stop
}

// Stop has it hang up, on what it is asked too, as if its machine had gone. The
// log stays.
func (s *Server) Stop() {
	s.mu.Lock()
	server := s.server
	s.server = nil
	s.mu.Unlock()
	if server != nil {
		server.Stop()
	}
}

// Address is where it listens.
func (s *Server) Address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address
}

// Connection is a connection string for it, without query.
func (s *Server) Connection() string {
	who := ""
	if s.User != "" {
		who = s.User + ":" + s.Password + "@"
	}
	return "esdb://" + who + s.Address()
}

// Follow makes it a follower of another node, or a leader with nil.
func (s *Server) Follow(leader *Server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leader = leader
}

// Fail sets what goes wrong from now on.
func (s *Server) Fail(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

func (s *Server) failing() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// led refuses what only a leader may do, with where the leader is.
func (s *Server) led(stream grpc.ServerStream) error {
	s.mu.Lock()
	leader := s.leader
	s.mu.Unlock()
	if leader == nil {
		return nil
	}
	host, port, err := net.SplitHostPort(leader.Address())
	if err != nil {
		return err
	}
	stream.SetTrailer(metadata.Pairs("exception", "not-leader", "leader-endpoint-host", host, "leader-endpoint-port", port))
	return status.Error(codes.NotFound, "Leader info available")
}

// let lets in who may come.
func (s *Server) let(ctx context.Context) error {
	if s.User == "" {
		return nil
	}
	known := "Basic " + base64.StdEncoding.EncodeToString([]byte(s.User+":"+s.Password))
	came, _ := metadata.FromIncomingContext(ctx)
	if given := came.Get("authorization"); len(given) != 1 || given[0] != known {
		return status.Error(codes.Unauthenticated, "not authenticated")
	}
	return nil
}

// letOne lets everybody ask what the server is and who its cluster are, as
// servers do.
func (s *Server) letOne(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	return handle(ctx, req)
}

func (s *Server) letStream(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	if err := s.let(stream.Context()); err != nil {
		return err
	}
	return handle(srv, stream)
}

// features says which calls there are.
type features struct {
	serverfeatures.UnimplementedServerFeaturesServer
}

func (features) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	return &serverfeatures.SupportedMethods{EventStoreServerVersion: "24.10.0"}, nil
}

// members says who is in the cluster.
type members struct {
	gossip.UnimplementedGossipServer
	server *Server
}

func (m members) Read(context.Context, *shared.Empty) (*gossip.ClusterInfo, error) {
	m.server.mu.Lock()
	leader := m.server.leader
	m.server.mu.Unlock()
	if leader == nil {
		return &gossip.ClusterInfo{Members: []*gossip.MemberInfo{member(m.server, gossip.MemberInfo_Leader)}}, nil
	}
	return &gossip.ClusterInfo{Members: []*gossip.MemberInfo{
		member(m.server, gossip.MemberInfo_Follower), member(leader, gossip.MemberInfo_Leader),
	}}, nil
}

func member(s *Server, state gossip.MemberInfo_VNodeState) *gossip.MemberInfo {
	var port uint32
	host, digits, err := net.SplitHostPort(s.Address())
	if err == nil {
		_, err = fmt.Sscan(digits, &port)
	}
	return &gossip.MemberInfo{State: state, IsAlive: err == nil, HttpEndPoint: &gossip.EndPoint{Address: host, Port: port}}
}

// Late answers so much later than it could, or once whoever asked has gone.
func Late(by time.Duration) func(context.Context, string) error {
	return func(ctx context.Context, _ string) error {
		select {
		case <-time.After(by):
			return nil
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		}
	}
}
