package dev.migrator.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

class OpenLoopTest {

    private static Requests.Factory answering(LongConsumer answer) {
        return () -> new Requests() {
            @Override
            public void answer(long number) {
                answer.accept(number);
            }

            @Override
            public void close() {}
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_stall_counts_for_all_that_arrived_meanwhile() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        Requests.Factory requests = answering(number -> {
            if (number == 100) {
                stalled.countDown();
                await(goesOn);
            }
        });
        try (OpenLoop loop = new OpenLoop(requests, 1, 1000)) {
            stalled.await();
            Thread.sleep(200);
            goesOn.countDown();
            Latencies latencies = loop.lap();
            long late = Math.round(latencies.requests() * (1 - share(latencies, 50) / 100));
            assertThat(latencies.slowest()).isGreaterThan(190);
            assertThat(late).as("requests of 50 ms and more").isGreaterThan(100);
        }
    }

    /** The percentage of requests that took less. */
    private static double share(Latencies latencies, double milliseconds) {
        double percentile = 100;
        while (percentile > 0 && latencies.milliseconds(percentile) >= milliseconds) {
            percentile -= 0.5;
        }
        return percentile;
    }

    @Test
    void a_request_counts_where_it_arrived_however_late_it_is_answered() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        Requests.Factory requests = answering(number -> {
            if (number == 50) {
                stalled.countDown();
                sleep();
            }
        });
        try (OpenLoop loop = new OpenLoop(requests, 1, 1000)) {
            stalled.await();
            Latencies first = loop.lap();
            assertThat(first.requests()).isGreaterThanOrEqualTo(51);
            assertThat(first.slowest()).isGreaterThan(140);
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(150);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void failures_are_counted_with_their_reasons() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        Requests.Factory requests = () -> new Requests() {
            @Override
            public void answer(long number) throws SQLException {
                answered.incrementAndGet();
                if (number % 2 == 0) {
                    throw new SQLException("no such luck");
                }
            }

            @Override
            public void close() {}
        };
        try (OpenLoop loop = new OpenLoop(requests, 2, 2000)) {
            while (answered.get() < 20) {
                Thread.onSpinWait();
            }
            Latencies latencies = loop.lap();
            assertThat(latencies.failures()).isBetween(5L, latencies.requests() + 5);
            assertThat(latencies.explanation()).contains("no such luck");
        }
    }
}
