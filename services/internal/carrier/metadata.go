package carrier

// The keys of the stream's metadata.
const (
	EpochKey = "epoch" // the epoch of all its messages
	BookKey  = "book"  // the id of the book it is a copy of
)

// API is where readers find as much of JetStream as it takes to follow the
// stream: the subject prefix to make a client with. The rest of JetStream is
// the book's alone; deploy/nats.conf says how.
const API = "book.api"
