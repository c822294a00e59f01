using NUnit.Framework;

namespace Engine.Mbufs.Tests.Pool;

/// <summary>Two threads that open or free one handle at the same moment: a bug that checked mode is sure to see.</summary>
public sealed class OpenRaceTests() : MbufFixture(new ArenaKind(Headroom: 128, Checked: true))
{
    private const int Rounds = 1000;

    [Test]
    public void Of_two_threads_that_open_one_handle_at_once_exactly_one_gets_the_packet()
    {
        int[] opened = new int[Rounds];
        int[] refused = new int[Rounds];
        Mbuf handle = default;
        using var together = new Barrier(2);
        Crew.Run(2, number =>
        {
            using MbufScope mbufs = Arena.Enter();
            for (int round = 0; round < Rounds; round++)
            {
                if (number == 0)
                {
                    handle = mbufs.AllocatePacket().Detach();
                }

                together.Meet();
                Mbuf mine = handle;
                bool won = TryOpen(mbufs, mine);
                Interlocked.Increment(ref won ? ref opened[round] : ref refused[round]);
                together.Meet();
            }
        });

        Assert.That(opened, Is.All.EqualTo(1));
        Assert.That(refused, Is.All.EqualTo(1));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Of_two_threads_that_end_one_claim_at_once_exactly_one_succeeds(bool oneOpens)
    {
        int[] won = new int[Rounds];
        Mbuf handle = default;
        using var together = new Barrier(2);
        Crew.Run(2, number =>
        {
            using MbufScope mbufs = Arena.Enter();
            for (int round = 0; round < Rounds; round++)
            {
                if (number == 0)
                {
                    handle = mbufs.AllocatePacket().Detach();
                }

                together.Meet();
                bool mine = number == 0 && oneOpens ? TryOpen(mbufs, handle) : TryFree(mbufs, handle);
                Interlocked.Add(ref won[round], mine ? 1 : 0);
                together.Meet();
            }
        });

        Assert.That(won, Is.All.EqualTo(1));
    }

    private static bool TryFree(in MbufScope mbufs, Mbuf handle)
    {
        try
        {
            mbufs.Free([handle]);
            return true;
        }
        catch (MbufDoubleFreeException)
        {
            return false;
        }
    }

    private static bool TryOpen(in MbufScope mbufs, Mbuf handle)
    {
        try
        {
            using MbufChain packet = mbufs.Open(handle);
            return true;
        }
        catch (MbufStaleException)
        {
            return false;
        }
    }
}
