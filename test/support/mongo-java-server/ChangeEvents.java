import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.Cursor;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Utils;
import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What was written, as change streams of collections tell it. The server's own log tells of an update neither which document it
 * changed nor what was there afterwards, and is read from its beginning whenever a stream is asked.
 */
final class ChangeEvents implements Oplog {
  /** So many events of a collection are kept; a stream that is further behind fails, as it does where a log was overwritten. */
  private static final int KEPT = 20_000;

  private final MongoBackend backend;
  private final CursorRegistry cursors;
  private final Map<String, List<Document>> events = new HashMap<>();
  /** Events of a collection that are kept no longer. */
  private final Map<String, Integer> dropped = new HashMap<>();
  private int told;

  ChangeEvents(MongoBackend backend, CursorRegistry cursors) {
    this.backend = backend;
    this.cursors = cursors;
  }

  @Override
  public synchronized void handleInsert(String namespace, List<Document> documents) {
    for (Document document : documents)
      tell(namespace, "insert").append("documentKey", keyOf(document.get("_id"))).append("fullDocument", document.cloneDeeply());
  }

  @Override
  public void handleUpdate(String namespace, Document selector, Document update, List<Object> ids) {
    for (Object id : ids) {
      Document after = read(namespace, id);
      boolean replaces = update.keySet().stream().noneMatch((name) -> name.startsWith("$"));
      Document description = replaces ? null : describe(update, after);
      synchronized (this) {
        Document event = tell(namespace, replaces ? "replace" : "update").append("documentKey", keyOf(id));
        if (replaces) event.append("fullDocument", after);
        else event.append("updateDescription", description);
      }
    }
  }

  @Override
  public synchronized void handleDelete(String namespace, Document query, List<Object> ids) {
    for (Object id : ids) tell(namespace, "delete").append("documentKey", keyOf(id));
  }

  @Override
  public synchronized void handleDropCollection(String namespace) {
    tell(namespace, "drop");
  }

  @Override
  public synchronized Cursor createCursor(Document stream, String namespace, Aggregation aggregation) {
    Object token = stream.containsKey("resumeAfter") ? stream.get("resumeAfter") : stream.get("startAfter");
    int after = token == null ? endOf(namespace) : behind(namespace, ((Document) token).get("_data"));
    Cursor cursor = new Following(cursors.generateCursorId(), namespace, after, aggregation);
    cursors.add(cursor);
    return cursor;
  }

  private static Document keyOf(Object id) {
    return new Document("_id", id);
  }

  private Document tell(String namespace, String operation) {
    List<Document> ofCollection = events.computeIfAbsent(namespace, (key) -> new ArrayList<>());
    if (ofCollection.size() >= 2 * KEPT) {
      ofCollection.subList(0, KEPT).clear();
      dropped.merge(namespace, KEPT, Integer::sum);
    }
    told++;
    Document event = new Document("_id", new Document("_data", String.format("%016x", told)))
        .append("operationType", operation)
        .append("clusterTime", new BsonTimestamp(System.currentTimeMillis() / 1000 << 32 | told));
    ofCollection.add(event);
    return event;
  }

  private int endOf(String namespace) {
    return dropped.getOrDefault(namespace, 0) + events.getOrDefault(namespace, List.of()).size();
  }

  /** Tokens grow with time. */
  private int behind(String namespace, Object token) {
    int after = dropped.getOrDefault(namespace, 0);
    for (Document event : events.getOrDefault(namespace, List.of()))
      if (((String) ((Document) event.get("_id")).get("_data")).compareTo((String) token) <= 0) after++;
    return after;
  }

  private Document read(String namespace, Object id) {
    MongoCollection<?> collection = backend
        .resolveDatabase(Utils.getDatabaseNameFromFullName(namespace))
        .resolveCollection(Utils.getCollectionNameFromFullName(namespace), true);
    return collection.handleQueryAsStream(keyOf(id)).findFirst().orElse(new Document()).cloneDeeply();
  }

  /** What was pushed has its place in the array for a name, everything else that was set has its own. */
  private static Document describe(Document update, Document after) {
    Document updated = new Document();
    List<String> removed = new ArrayList<>();
    for (String operator : update.keySet()) {
      for (String path : ((Document) update.get(operator)).keySet()) {
        Object value = Utils.getSubdocumentValue(after, path);
        if (operator.equals("$unset")) removed.add(path);
        else if (operator.equals("$push")) appendPushed(updated, path, ((Document) update.get("$push")).get(path), (List<?>) value);
        else updated.append(path, value);
      }
    }
    return new Document("updatedFields", updated).append("removedFields", removed);
  }

  private static void appendPushed(Document updated, String path, Object pushed, List<?> after) {
    int count = pushed instanceof Document many && many.containsKey("$each") ? ((List<?>) many.get("$each")).size() : 1;
    for (int at = Math.max(0, after.size() - count); at < after.size(); at++) updated.append(path + "." + at, after.get(at));
  }

  /** A stream of a collection, which is told what is written from where it stands. */
  private final class Following implements Cursor {
    private final long id;
    private final String namespace;
    private final Aggregation aggregation;
    private int after;

    Following(long id, String namespace, int after, Aggregation aggregation) {
      this.id = id;
      this.namespace = namespace;
      this.after = after;
      this.aggregation = aggregation;
    }

    @Override
    public long getId() {
      return id;
    }

    @Override
    public boolean isEmpty() {
      return false;
    }

    @Override
    public List<Document> takeDocuments(int most) {
      synchronized (ChangeEvents.this) {
        int first = after - dropped.getOrDefault(namespace, 0);
        if (first < 0) throw new IllegalStateException("Events of " + namespace + " are kept no longer");
        List<Document> kept = events.getOrDefault(namespace, List.of());
        int last = most > 0 ? Math.min(kept.size(), first + most) : kept.size();
        after += last - first;
        try (Stream<Document> taken = List.copyOf(kept.subList(first, last)).stream()) {
          return aggregation.runStagesAsStream(taken).toList();
        }
      }
    }
  }
}
