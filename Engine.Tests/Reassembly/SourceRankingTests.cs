using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>The order in which sources give way, against sorting them.</summary>
public sealed class SourceRankingTests
{
    private const int Most = 40;

    [Test]
    public void The_first_is_always_who_holds_most_and_among_equals_who_holds_for_the_longest_time()
    {
        var random = new Random(5);
        var ranking = new SourceRanking(Most);
        var model = new Dictionary<int, (int Weight, long Since)>();
        for (int step = 0; step < 20_000; step++)
        {
            int source = random.Next(1, Most + 1);
            if (random.Next(3) > 0)
            {
                model[source] = (random.Next(6), (100L * random.Next(1000)) + source);
                ranking.Set(source, model[source].Weight, model[source].Since);
            }
            else if (model.Remove(source))
            {
                ranking.Remove(source);
            }

            int expected = model.Count == 0
                ? 0
                : model.OrderBy(static held => -held.Value.Weight).ThenBy(static held => held.Value.Since).First().Key;
            Assert.That(ranking.First, Is.EqualTo(expected), $"Step {step}.");
        }
    }
}
