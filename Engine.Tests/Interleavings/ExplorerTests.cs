using NUnit.Framework;

namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>The explorer itself, by the small programs of the literature on memory models.</summary>
[Category("Interleavings")]
public sealed class ExplorerTests
{
    [Test]
    public void Two_threads_that_store_and_then_load_see_each_other_only_with_fences()
    {
        static Model StoreBuffering(Guard? without)
        {
            var model = new Model(without);
            Word x = model.Word("x");
            Word y = model.Word("y");
            Word missed = model.Word("missed");
            foreach ((string name, Word mine, Word other) in new[] { ("first", x, y), ("second", y, x) })
            {
                model.Thread(name, script =>
                {
                    Local seen = script.Local("seen");
                    script.Store(mine, 1);
                    script.Fence(Guard.Sample);
                    script.Load(other, seen);
                    script.If(seen.Is(0), () => script.Do(machine => machine[missed]++));
                });
            }

            model.Always("One of them sees the other.", machine => machine[missed] < 2);
            return model;
        }

        Assert.That(Explorer.Explore(StoreBuffering(null)).Finding, Is.Null);
        Finding? finding = Explorer.Explore(StoreBuffering(Guard.Sample)).Finding;
        Assert.That($"{finding}".ReplaceLineEndings("\n"), Is.EqualTo(
            "One of them sees the other.\n  first        writes x\n  first        reads y: 0\n  second       writes y\n  second       reads x: 0"));
    }

    [Test]
    public void A_plain_store_may_pass_an_earlier_one_and_a_release_may_not()
    {
        static Model MessagePassing(Guard? without)
        {
            var model = new Model(without);
            Word data = model.Word("data");
            Word ready = model.Word("ready");
            model.Thread("sender", script =>
            {
                script.Store(data, 1);
                script.Release(ready, 1, Guard.Sample);
            });
            model.Thread("receiver", script =>
            {
                Local seen = script.Local("seen");
                script.Load(ready, seen);
                script.If(seen.Is(1), () =>
                {
                    script.Load(data, seen);
                    script.Assert("What is ready has its data.", seen.Is(1));
                });
            });
            return model;
        }

        Assert.That(Explorer.Explore(MessagePassing(null)).Finding, Is.Null);
        Assert.That(Explorer.Explore(MessagePassing(Guard.Sample)).Finding?.Sentence, Is.EqualTo("What is ready has its data."));
    }

    [Test]
    public void An_exchange_without_its_fence_is_still_atomic_but_late()
    {
        static Model Claims(Guard? without)
        {
            var model = new Model(without);
            Word claim = model.Word("claim");
            Word mark = model.Word("mark");
            Word inside = model.Word("inside");
            Word missed = model.Word("missed");
            foreach (string name in new[] { "first", "second" })
            {
                model.Thread(name, script =>
                {
                    Local seen = script.Local("seen");
                    script.CompareExchange(claim, 1, 0, seen, Guard.Sample);
                    script.If(seen.Is(0), () =>
                    {
                        script.Do(machine => machine[inside]++);
                        script.Load(mark, seen);
                        script.If(seen.Is(0), () => script.Do(machine => machine[missed]++));
                    });
                });
            }

            model.Thread("marker", script =>
            {
                Local seen = script.Local("seen");
                script.Exchange(mark, 1);
                script.Load(claim, seen);
                script.If(seen.Is(0), () => script.Do(machine => machine[missed]++));
            });
            model.Always("One has the claim.", machine => machine[inside] < 2);
            model.Always("Who has the claim sees the mark, or is seen.", machine => machine[missed] < 2);
            return model;
        }

        Assert.That(Explorer.Explore(Claims(null)).Finding, Is.Null);
        Assert.That(Explorer.Explore(Claims(Guard.Sample)).Finding?.Sentence, Does.StartWith("Who has the claim sees"));
    }

    [Test]
    public void A_load_and_a_store_lose_what_comes_between()
    {
        static Model Counter(bool isAtomic)
        {
            var model = new Model();
            Word count = model.Word("count");
            for (int thread = 0; thread < 3; thread++)
            {
                model.Thread($"thread {thread}", script =>
                {
                    Local seen = script.Local("seen");
                    if (isAtomic)
                    {
                        script.Add(count, 1);
                        return;
                    }

                    script.Load(count, seen);
                    script.Do(machine => machine[seen]++);
                    script.Store(count, seen);
                });
            }

            model.Finally("Each is counted.", machine => machine[count] == 3);
            return model;
        }

        Assert.That(Explorer.Explore(Counter(isAtomic: true)).Finding, Is.Null);
        Assert.That(Explorer.Explore(Counter(isAtomic: false)).Finding?.Sentence, Is.EqualTo("Each is counted."));
    }

    [Test]
    public void Two_gates_in_two_orders_wait_for_ever()
    {
        var model = new Model();
        Gate left = model.Gate("left");
        Gate right = model.Gate("right");
        model.Thread("first", script => script.Under(left, () => script.Under(right, static () => { })));
        model.Thread("second", script => script.Under(right, () => script.Under(left, static () => { })));

        Assert.That(Explorer.Explore(model).Finding?.Sentence, Is.EqualTo("The first waits for ever."));
    }

    [TestCase(true, null)]
    [TestCase(false, "The sleeper waits for ever.")]
    public void Who_looks_under_the_gate_before_it_sleeps_is_woken(bool looksUnderTheGate, string? expected)
    {
        var model = new Model();
        Gate gate = model.Gate("gate");
        Word ready = model.Word("ready");
        model.Thread("sleeper", script =>
        {
            Local seen = script.Local("seen");
            if (!looksUnderTheGate)
            {
                script.Load(ready, seen);
                script.If(seen.Is(0), () => script.Under(gate, () => script.Sleep(gate)));
                return;
            }

            script.Under(gate, () => script.Loop(() =>
            {
                script.Load(ready, seen);
                script.If(seen.Is(1), script.Break);
                script.Sleep(gate);
            }));
        });
        model.Thread("waker", script => script.Under(gate, () =>
        {
            script.Store(ready, 1);
            script.Pulse(gate);
        }));

        Assert.That(Explorer.Explore(model).Finding?.Sentence, Is.EqualTo(expected));
    }

    [Test]
    public void Threads_that_turn_in_circles_are_found()
    {
        var model = new Model();
        Word flag = model.Word("flag");
        model.Thread("spinner", script =>
        {
            Local seen = script.Local("seen");
            script.Loop(() =>
            {
                script.Load(flag, seen);
                script.If(seen.Is(1), script.Break);
            });
        });
        model.Thread("other", script => script.Store(flag, 2));

        Assert.That(Explorer.Explore(model).Finding?.Sentence, Does.StartWith("Nothing leads to an end any more; the spinner reads flag"));
    }
}
