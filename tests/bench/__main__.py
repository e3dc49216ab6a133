"""`make bench`: every table, one after the other."""

from tests.bench import bench_nlu, bench_orders, peers, reliability

if __name__ == "__main__":
    bench_orders.main()
    bench_nlu.main()
    peers.main()
    reliability.main()
