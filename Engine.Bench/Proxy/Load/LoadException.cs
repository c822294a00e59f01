namespace Engine.Mbufs.Bench.Proxy;

/// <summary>A proxy did not pass on what it was given; the message says how, and whoever knows the proxy adds its name.</summary>
internal sealed class LoadException : Exception
{
    public LoadException(string message) : base(message)
    {
    }
}
