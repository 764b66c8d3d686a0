package dev.migrator.examples.rolling;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A load balancer: in turn to all instances that it knows; a request that reaches none, or meets one that breaks off, goes to the
 * next one. All requests may be done twice with the same result.
 */
final class Balancer {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(2))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final List<Instance> instances = new CopyOnWriteArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    /** Lets an instance serve, when it says that it is ready. */
    void add(Instance instance) throws IOException, InterruptedException {
        HttpRequest ready = HttpRequest.newBuilder(instance.at("/ready")).build();
        int status = client.send(ready, HttpResponse.BodyHandlers.ofString()).statusCode();
        if (status != 200) {
            throw new IllegalStateException(instance.name() + " is not ready: " + status);
        }
        instances.add(instance);
    }

    /** Sends it no more requests, and waits until it has answered those that it has. */
    void remove(Instance instance) throws InterruptedException {
        instances.remove(instance);
        while (instance.open().get() > 0) {
            Thread.sleep(10);
        }
    }

    List<Instance> instances() {
        return List.copyOf(instances);
    }

    /** The answer's body; throws if no instance gives a good one in time. */
    String send(String method, String path, String body) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            List<Instance> now = instances();
            Instance instance = now.get(Math.floorMod(next.getAndIncrement(), now.size()));
            instance.open().incrementAndGet();
            if (!instances.contains(instance)) {
                instance.open().decrementAndGet();
                continue;
            }
            HttpRequest request = HttpRequest.newBuilder(instance.at(path))
                    .method(method, HttpRequest.BodyPublishers.ofString(body))
                    .timeout(PATIENCE)
                    .build();
            try {
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    throw new IllegalStateException(
                            instance.name() + " answers " + answer.statusCode() + ": " + answer.body());
                }
                return answer.body();
            } catch (IOException e) {
                if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw e;
                }
            } finally {
                instance.open().decrementAndGet();
            }
        }
    }
}
