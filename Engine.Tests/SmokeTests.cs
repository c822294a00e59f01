using System.Reflection;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

public sealed class SmokeTests
{
    [Test]
    public void The_engine_assembly_loads()
    {
        Assert.That(Assembly.Load("Engine").GetName().Name, Is.EqualTo("Engine"));
    }
}
