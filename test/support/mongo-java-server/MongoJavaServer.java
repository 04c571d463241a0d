import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.util.List;

/**
 * A server that speaks the protocol of MongoDB, for tests of several hub processes where no MongoDB is installed: its updates
 * are atomic, and it has change streams of collections, whose events are those of MongoDB. It keeps its data in memory, listens on 127.0.0.1 at a free port, prints
 * its URI, and ends when its standard input closes.
 */
public final class MongoJavaServer {
  /** The driver refuses what says that it is as old as what this server knows whole. */
  private static final MongoVersion SAID = new MongoVersion() {
    @Override
    public List<Integer> getVersionArray() {
      return List.of(5, 0, 0, 0);
    }

    @Override
    public int getWireVersion() {
      return 13;
    }
  };

  public static void main(String[] arguments) throws Exception {
    MemoryBackend backend = new MemoryBackend() {
      @Override
      protected Oplog createOplog() {
        return new ChangeEvents(this, getCursorRegistry());
      }
    };
    MongoServer server = new MongoServer(backend.version(SAID));
    server.enableOplog();
    server.bind("127.0.0.1", 0);
    System.out.println(server.getConnectionString());
    while (System.in.read() >= 0) {}
    server.shutdownNow();
  }
}
